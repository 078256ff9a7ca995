"""The solved heads: they find a line, and say it as a distribution."""

import numpy as np

from training.heads import LinearHead, as_distribution, fit_linear_head


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_a_line_in_noise_is_found() -> None:
    # given
    random = np.random.default_rng(0)
    features = random.normal(5.0, 2.0, (300, 20)).astype(np.float32)
    truth = 30.0 + 4.0 * (features[:, 0] - 5.0)
    labels = (truth + random.normal(0.0, 1.0, 300)).astype(np.float32)

    # when
    head = fit_linear_head(features, labels, np.arange(300) // 2)

    # then
    predicted = features @ head.weights + head.bias
    assert np.sqrt(np.mean((predicted - truth) ** 2)) < 0.5
    assert 0.8 < head.error < 1.4


def test_features_without_a_message_give_the_mean() -> None:
    # given
    random = np.random.default_rng(0)
    features = random.normal(size=(60, 200)).astype(np.float32)
    labels = random.uniform(0.0, 63.0, 60).astype(np.float32)

    # when
    head = fit_linear_head(features, labels, np.arange(60))

    # then the fit is held back: it does not chase the labels
    assert (features @ head.weights + head.bias).std() < labels.std()


def test_a_feature_that_never_moves_is_ignored() -> None:
    # given
    random = np.random.default_rng(0)
    features = random.normal(size=(50, 3)).astype(np.float32)
    features[:, 1] = 7.0

    # when
    head = fit_linear_head(features, features[:, 0] * 5.0 + 30.0, np.arange(50))

    # then
    assert head.weights[1] == 0.0
    assert np.isfinite(head.bias)


def test_the_distribution_expects_what_the_line_says() -> None:
    # given
    head = LinearHead(np.array([3.0, -2.0]), 31.0, 1.0, error=5.0)
    features = np.array([[0.0, 0.0], [2.0, 1.0], [-3.0, 0.5]])

    # when
    weights, biases = as_distribution(head)
    distribution = softmax(features @ weights.T + biases)

    # then
    line = features @ head.weights + head.bias
    expected = distribution @ np.arange(64.0)
    assert np.allclose(expected, line, atol=0.05)
    spread = np.sqrt(distribution @ np.arange(64.0) ** 2 - expected**2)
    assert np.allclose(spread, head.error, rtol=0.02)
