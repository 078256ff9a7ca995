"""The served wrappers: raw faces in, named outputs out, and ONNX Runtime repeating PyTorch."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from networks.ddl_resnet50 import DdlResnet50
from networks.hmhn import Hmhn
from networks.serving import IMAGENET_DEVIATION, IMAGENET_MEAN, Normalise, ServedDdl, ServedHmhn
from networks.tensors import DDL_RESNET50, HMHN, ServedModel
from training.export import PARITY_TOLERANCE, export, prove_parity, run, session
from training.faults import ParityFailed
from training.graphs import FEATURES, with_features, with_head


def raw_faces(count: int, side: int = 224) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, side, side, 3)).astype(np.uint8)


def make_hmhn() -> nn.Module:
    """An untrained HMHN whose score lies within the scale, so that clipping hides nothing."""
    network = Hmhn().eval()
    served = ServedHmhn(network)
    with torch.inference_mode():
        fused, _, _ = network.attend(served.normalise(torch.from_numpy(raw_faces(3))))
    nn.init.constant_(network.severity.weight, 0.2 / float(fused.sum(dim=1).mean()))
    return served


def make_ddl() -> nn.Module:
    return ServedDdl(DdlResnet50())


def test_normalising_centres_every_colour_and_puts_channels_first() -> None:
    # given a face of the mean colour, one deviation brighter
    colour = np.round(np.array(IMAGENET_MEAN) + np.array(IMAGENET_DEVIATION))
    face = np.broadcast_to(colour, (1, 4, 5, 3)).astype(np.uint8)

    # when
    pixels = Normalise(IMAGENET_MEAN, IMAGENET_DEVIATION)(torch.from_numpy(face))

    # then
    assert pixels.shape == (1, 3, 4, 5)
    assert torch.allclose(pixels, torch.ones(1, 3, 4, 5), atol=0.02)


def test_the_served_score_stays_on_the_scale_and_attention_sums_to_one() -> None:
    # given a head that would leave the scale on both ends
    served = ServedHmhn(Hmhn()).eval()
    faces = torch.from_numpy(raw_faces(2, 64))

    for bias, end in ((9.0, 63.0), (-9.0, 0.0)):
        # when
        nn.init.constant_(served.network.severity.bias, bias)
        nn.init.zeros_(served.network.severity.weight)
        with torch.inference_mode():
            score, attention = served(faces)

        # then
        assert score.tolist() == [[end], [end]]
        assert torch.allclose(attention.sum(dim=(-1, -2)), torch.ones(2, 4), atol=1e-5)


@pytest.mark.slow  # `make weights` proves the same of the very weights that are served
@pytest.mark.parametrize(
    ("make", "model", "head"),
    [
        (make_hmhn, HMHN, "network.severity.weight"),
        (make_ddl, DDL_RESNET50, "network.levels.weight"),
    ],
    ids=["hmhn", "ddl_resnet50"],
)
def test_the_exported_graph_repeats_the_network(
    make: Callable[[], nn.Module], model: ServedModel, head: str
) -> None:
    # given
    torch.manual_seed(0)
    network, faces = make().eval(), raw_faces(3)

    # when exported with two faces in mind, and run with three
    content = export(network, model)
    parity = prove_parity(network, content, faces)
    outputs = run(session(content), faces)

    # then
    assert parity.max_abs_difference <= PARITY_TOLERANCE
    assert float(outputs[model.outputs[0].name].min()) > 0.0
    assert float(outputs[model.outputs[0].name].max()) < 63.0
    assert list(outputs) == [output.name for output in model.outputs]
    for output in model.outputs:
        assert outputs[output.name].shape == (3, *output.shape)
        assert outputs[output.name].dtype == output.dtype

    # and a head can be replaced without another export, but then it is another network
    features = run(session(with_features(content, head)), faces)[FEATURES]
    weight = dict(network.named_parameters())[head]
    assert features.shape == (3, weight.shape[1])
    changed = with_head(content, {head: np.zeros(tuple(weight.shape), np.float32)})
    with pytest.raises(ParityFailed, match="differ by"):
        prove_parity(network, changed, faces)
