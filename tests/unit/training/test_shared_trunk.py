"""Trunks taken out of served graphs: they compute what is served, or say what is wrong."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from networks.resnet import resnet18_trunk, resnet50_trunk
from networks.serving_frames import ServedFeatures
from networks.tensors import ServedModel, ServedTensor
from training.export import export
from training.faults import TrainingFault
from training.heads import LinearHead, as_distribution
from training.shared_trunk import line_of, load_trunk, match_first_layer, read_weights

SMALL = ServedModel(
    "small",
    (ServedTensor("faces", "uint8", (64, 64, 3)),),
    (ServedTensor("features", "float32", (512,)),),
)


def fitted_like() -> nn.Sequential:
    """A trunk whose batch norms are away from their start, as after a fit."""
    torch.manual_seed(0)
    trunk = resnet18_trunk()
    for part in trunk.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.normal_(part.bias, std=0.1)
            part.running_mean = torch.randn(part.num_features) * 0.1
            part.running_var = torch.rand(part.num_features) + 0.5
    return trunk.eval()


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hmhn") / "1" / "model.onnx"
    path.parent.mkdir()
    path.write_bytes(export(ServedFeatures(fitted_like()), SMALL))
    return path


def test_a_trunk_read_back_computes_what_was_served(graph: Path) -> None:
    # given
    faces = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 50.0
    shared = resnet18_trunk().eval()

    # when
    load_trunk(shared, read_weights(graph), prefix="trunk")

    # then
    with torch.inference_mode():
        expected, found = fitted_like()(faces), shared(faces)
    assert torch.allclose(found, expected, atol=1e-3 * float(expected.abs().max()))
    assert float(expected.std()) > 0.1


def test_another_architecture_is_refused_by_name(graph: Path) -> None:
    with pytest.raises(TrainingFault, match=r"trunk\.4\.0\.branch\.0\.weight of shape .64, 64, 1"):
        load_trunk(resnet50_trunk(), read_weights(graph), prefix="trunk")


def test_an_unbuilt_network_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingFault, match="hmhn has no built weights to share"):
        read_weights(tmp_path / "hmhn" / "1" / "model.onnx")


def test_the_line_behind_a_distribution_is_found_again() -> None:
    # given
    head = LinearHead(np.array([3.0, -2.0, 0.5]), 31.0, 1.0, error=5.0)
    slopes, biases = as_distribution(head)

    # when
    line = line_of(
        {
            "network.levels.weight": slopes.astype(np.float32),
            "network.levels.bias": biases.astype(np.float32),
        }
    )

    # then
    assert np.allclose(line.weights, head.weights, atol=1e-3)
    assert line.bias == pytest.approx(head.bias, abs=1e-2)
    assert line.error == pytest.approx(5.0, rel=1e-3)


def test_a_first_layer_on_flow_answers_as_on_faces() -> None:
    # given a trunk that knows faces, and its copy before inputs a hundredth as strong
    faces = torch.randn(4, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 50.0
    known, moved = fitted_like(), fitted_like()
    faint = faces.flip(0) * 0.01 + 3.0

    # when
    match_first_layer(moved, faint, known, faces)

    # then
    with torch.inference_mode():
        expected, found = known[:2](faces), moved[:2](faint)
    axes = (0, 2, 3)
    assert torch.allclose(found.mean(axes), expected.mean(axes), atol=1e-2)
    assert torch.allclose(found.std(axes), expected.std(axes), rtol=1e-2)
