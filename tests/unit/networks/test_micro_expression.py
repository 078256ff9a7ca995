"""The networks of micro-expressions: sizes, scales, heads, and what the served one says."""

import dataclasses

import pytest
import torch

from networks.micro_expression import (
    MOTION_SCALE,
    FlowResnet18,
    MicroConfig,
    MotionInput,
    ServedMicroExpression,
    Ststnet,
)
from networks.tensors import MICRO_EXPRESSION


def parameters(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_ststnet_has_the_parameters_that_its_layers_add_up_to() -> None:
    # given
    network = Ststnet()

    # then: 84 + 140 + 224 in the streams, 32 in their batch norms, 1203 in the last layer
    assert parameters(network) == 84 + 140 + 224 + 32 + 1203
    assert parameters(network) < 2000


def test_a_stream_makes_ten_by_ten_and_the_last_layer_sees_four_hundred() -> None:
    # given
    network = Ststnet().eval()
    motion = torch.randn(2, 3, 28, 28)

    # then
    assert [stream(motion).shape for stream in network.streams] == [
        (2, 3, 10, 10),
        (2, 5, 10, 10),
        (2, 8, 10, 10),
    ]
    assert network.classes.in_features == 400
    assert network(motion).shape == (2, 3)


def test_the_number_of_classes_is_the_configurations() -> None:
    # given
    network = Ststnet(MicroConfig(classes=7)).eval()

    # then
    assert network(torch.randn(4, 3, 28, 28)).shape == (4, 7)
    assert dataclasses.asdict(network.config)["classes"] == 7


def test_training_drops_half_and_serving_nothing() -> None:
    # given
    torch.manual_seed(0)
    network, motion = Ststnet(), torch.randn(8, 3, 28, 28)

    # when
    network.train()
    trained = [network(motion) for _ in range(2)]
    network.eval()
    served = [network(motion) for _ in range(2)]

    # then
    assert not torch.equal(*trained)
    assert torch.equal(*served)


def test_ststnet_learns_which_way_the_skin_went() -> None:
    # given motion up or down, wherever it is
    torch.manual_seed(1)
    label = torch.arange(32) % 2
    motion = torch.randn(32, 3, 28, 28) * 0.3
    motion[:, 1] += (1.0 - 2.0 * label)[:, None, None]
    network = Ststnet(MicroConfig(classes=2, dropout=0.0))
    optimiser = torch.optim.Adam(network.parameters(), lr=0.02)

    # when
    for _ in range(30):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(network(motion), label).backward()
        optimiser.step()

    # then
    assert bool((network.eval()(motion).argmax(dim=1) == label).all())


def test_the_input_is_scaled_plane_by_plane() -> None:
    # given
    motion = torch.ones(1, 3, 28, 28)

    # when
    prepared = MotionInput()(motion)

    # then
    assert prepared.shape == (1, 3, 28, 28)
    assert prepared[0, :, 4, 9].tolist() == pytest.approx([1.0 / unit for unit in MOTION_SCALE])


def test_the_served_network_takes_and_gives_the_served_tensors() -> None:
    # given
    torch.manual_seed(2)
    served = ServedMicroExpression(Ststnet()).eval()

    # when
    (probabilities,) = served(torch.randn(5, *MICRO_EXPRESSION.inputs[0].shape))

    # then
    assert probabilities.shape == (5, *MICRO_EXPRESSION.outputs[0].shape)
    assert probabilities.dtype == torch.float32
    assert torch.allclose(probabilities.sum(dim=1), torch.ones(5), atol=1e-6)


@pytest.mark.parametrize(("emotions", "units"), [(0, 0), (7, 0), (7, 12)])
def test_the_larger_network_has_the_heads_that_it_was_asked_for(emotions: int, units: int) -> None:
    # given
    network = FlowResnet18(MicroConfig(emotions=emotions, action_units=units)).eval()
    motion = torch.randn(2, 3, 112, 112)

    # when
    with torch.inference_mode():
        output = network.judge(motion)
        logits = network(motion)

    # then
    assert parameters(network) == 11_176_512 + 513 * (3 + emotions + units)
    assert output.logits.shape == (2, 3)
    assert torch.equal(logits, output.logits)
    assert (output.emotions is None) == (emotions == 0)
    assert output.emotions is None or output.emotions.shape == (2, emotions)
    assert (output.action_units is None) == (units == 0)
    assert output.action_units is None or output.action_units.shape == (2, units)
