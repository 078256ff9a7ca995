"""Feature, set and clip networks as served: raw inputs, named outputs, two engines that agree."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from networks.attention_pooling import AttentionPooling, AttentionPoolingConfig
from networks.resnet import resnet18_trunk
from networks.scn import Scn
from networks.serving_frames import ServedFeatures, ServedScn
from networks.serving_sequences import (
    NormaliseFlow,
    ServedAttentionPooling,
    ServedTemporal,
    ServedTwoStream,
)
from networks.temporal_resnet50 import TemporalConfig, TemporalNetwork
from networks.tensors import (
    ATTENTION_POOLING,
    EXPRESSION_SCN,
    RESNET50_FEATURES,
    TEMPORAL_RESNET50,
    TWO_STREAM,
    ServedModel,
    ServedTensor,
)
from networks.two_stream import TwoStream, TwoStreamConfig
from training.export import PARITY_TOLERANCE, UNIT_TOLERANCE, export, prove_parity, run, session
from training.faults import ParityFailed
from worker.motion import FLOW_NONE

FEATURES = 24


def smaller(tensor: ServedTensor) -> ServedTensor:
    """The served tensor of a network for faces of 64 pixels and 24 features."""
    sizes = {224: 64, 2048: FEATURES}
    return replace(tensor, shape=tuple(sizes.get(length, length) for length in tensor.shape))


def tiny(model: ServedModel) -> ServedModel:
    return replace(model, inputs=tuple(smaller(tensor) for tensor in model.inputs))


def inputs_for(model: ServedModel, rows: int, length: int = 5) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    arrays: dict[str, np.ndarray] = {}
    for tensor in tiny(model).inputs:
        shape = (rows, *(length if one < 0 else one for one in tensor.shape))
        if tensor.dtype == "uint8":
            arrays[tensor.name] = random.integers(0, 256, shape).astype(np.uint8)
        else:
            arrays[tensor.name] = random.normal(size=shape).astype(np.float32)
    return arrays


def unsettled(network: nn.Module, inputs: dict[str, np.ndarray]) -> nn.Module:
    """The network with zeros moved, so that every part has a say, and its statistics measured."""
    for name, parameter in network.named_parameters():
        if parameter.dim() < 2 and float(parameter.detach().abs().max()) == 0.0:
            nn.init.normal_(parameter, std=0.1)
        if "severity.weight" in name:
            nn.init.normal_(parameter, std=0.003)
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.momentum = None
    with torch.no_grad():
        network.train()(*map(torch.from_numpy, inputs.values()))
    return network.eval()


def make_features() -> nn.Module:
    return ServedFeatures(resnet18_trunk())


def make_pooling() -> nn.Module:
    network = AttentionPooling(AttentionPoolingConfig(FEATURES))
    nn.init.normal_(network.second.weight, std=0.3)
    return ServedAttentionPooling(network)


def make_temporal() -> nn.Module:
    return ServedTemporal(TemporalNetwork(TemporalConfig(trunk="resnet18")))


def make_scn() -> nn.Module:
    return ServedScn(Scn())


def make_two_stream() -> nn.Module:
    return ServedTwoStream(TwoStream(TwoStreamConfig(trunk="resnet18")))


@pytest.mark.parametrize(
    ("make", "model", "tolerance"),
    [
        pytest.param(make_features, RESNET50_FEATURES, UNIT_TOLERANCE, marks=pytest.mark.slow),
        (make_pooling, ATTENTION_POOLING, PARITY_TOLERANCE),
        pytest.param(make_temporal, TEMPORAL_RESNET50, PARITY_TOLERANCE, marks=pytest.mark.slow),
        (make_scn, EXPRESSION_SCN, UNIT_TOLERANCE),
        pytest.param(make_two_stream, TWO_STREAM, UNIT_TOLERANCE, marks=pytest.mark.slow),
    ],
    ids=["resnet50_features", "attention_pooling", "temporal", "scn", "two_stream"],
)
def test_the_exported_graph_repeats_the_network(
    make: Callable[[], nn.Module], model: ServedModel, tolerance: float
) -> None:
    # given
    torch.manual_seed(0)
    inputs = inputs_for(model, rows=3)
    if "mask" in inputs:
        inputs["mask"] = np.ones_like(inputs["mask"])
    network = unsettled(make(), inputs)

    # when exported with two rows in mind, and run with three and with one
    content = export(network, tiny(model))
    parity = prove_parity(network, content, inputs, tolerance)
    served = session(content)
    outputs = run(served, inputs)
    alone = run(served, {name: values[:1] for name, values in inputs.items()})

    # then names, order, types and shapes are the served ones
    assert parity.tolerance == tolerance
    assert parity.max_abs_difference <= tolerance
    assert [one.name for one in served.get_inputs()] == [one.name for one in model.inputs]
    assert list(outputs) == [output.name for output in model.outputs]
    for output in model.outputs:
        values = outputs[output.name]
        assert values.dtype == output.dtype
        assert values.ndim == len(output.shape) + 1
        assert np.allclose(alone[output.name], values[:1], atol=1e-3)
    # and the answers depend on the rows
    first = outputs[model.outputs[0].name]
    assert float(np.abs(first[0] - first[1]).max()) > 1e-4


def test_a_set_may_have_any_length_padding_counts_for_nothing_and_parity_is_proven() -> None:
    # given
    torch.manual_seed(0)
    features = np.random.default_rng(0).normal(size=(1, 9, FEATURES)).astype(np.float32)
    mask = np.ones((1, 9), np.float32)
    network = unsettled(make_pooling(), {"features": features, "mask": mask})
    content = export(network, tiny(ATTENTION_POOLING))
    served = session(content)

    # when
    short = run(served, {"features": features[:, :1], "mask": mask[:, :1]})
    whole = run(served, {"features": features[:, :6], "mask": mask[:, :6]})
    mask[:, 6:] = 0.0
    padded = run(served, {"features": features, "mask": mask})

    # then
    assert short["weights"].tolist() == [[1.0]]
    assert np.allclose(padded["score"], whole["score"], atol=1e-4)
    assert np.allclose(padded["weights"][:, :6], whole["weights"], atol=1e-6)
    assert padded["weights"][:, 6:].max() == 0.0
    assert float(padded["weights"].sum()) == pytest.approx(1.0, abs=1e-5)

    # and another network's graph is not taken for this one's
    nn.init.normal_(network.get_parameter("network.kernel"), std=1.0)
    with pytest.raises(ParityFailed, match="differ by"):
        prove_parity(network, content, {"features": features, "mask": mask})


@pytest.mark.parametrize(("bias", "end"), [(9.0, 63.0), (-9.0, 0.0)])
def test_served_scores_stay_on_the_scale(bias: float, end: float) -> None:
    # given heads that would leave it
    temporal, pooling = make_temporal().eval(), make_pooling().eval()
    for network in (temporal, pooling):
        for name, parameter in network.named_parameters():
            if name.endswith("severity.bias"):
                nn.init.constant_(parameter, bias)

    # when
    with torch.inference_mode():
        scores = temporal(*map(torch.from_numpy, inputs_for(TEMPORAL_RESNET50, 2).values()))
        score, _ = pooling(torch.zeros(1, 3, FEATURES), torch.ones(1, 3))

    # then
    assert [values.unique().tolist() for values in scores] == [[end]] * 3
    assert score.tolist() == [[end]]


def test_the_fused_score_comes_first_and_is_the_mean_of_the_streams() -> None:
    # given
    torch.manual_seed(0)
    inputs = inputs_for(TEMPORAL_RESNET50, 2)
    network = unsettled(make_temporal(), inputs)

    # when
    with torch.inference_mode():
        fused, appearance, dynamic = network(*map(torch.from_numpy, inputs.values()))

    # then
    assert float(fused.min()) > 0.0
    assert float(fused.max()) < 63.0
    assert torch.allclose(fused, (appearance + dynamic) / 2.0)
    assert not torch.allclose(appearance, dynamic)


def test_no_motion_is_zero_and_the_longest_is_about_one() -> None:
    # given none, and 20 pixels left and right
    flow = torch.tensor([FLOW_NONE, 0, 255], dtype=torch.uint8).reshape(1, 1, 3, 1)

    # when
    normal = NormaliseFlow()(flow)

    # then
    assert normal.shape == (1, 1, 1, 3)
    assert normal.flatten().tolist() == pytest.approx([0.0, -1.0, 127.0 / 128.0])
