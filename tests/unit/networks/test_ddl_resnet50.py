"""Deep distribution learning: counts, a distribution, and its expectation."""

import torch

from networks.ddl_resnet50 import DdlResnet50
from networks.resnet import resnet18_trunk, resnet50_trunk


def test_the_parameters_are_as_many_as_the_specification_counts() -> None:
    # given
    network = DdlResnet50()

    # then
    assert sum(p.numel() for p in network.trunk.parameters()) == 23_508_032
    assert sum(p.numel() for p in network.levels.parameters()) == 131_136


def test_the_output_is_a_distribution_and_its_expectation() -> None:
    # given
    torch.manual_seed(0)
    network = DdlResnet50().eval()

    # when
    with torch.inference_mode():
        output = network(torch.randn(2, 3, 64, 64) * 50.0)

    # then
    assert output.distribution.shape == (2, 64)
    assert torch.allclose(output.distribution.sum(dim=1), torch.ones(2), atol=1e-5)
    levels = torch.arange(64.0)
    assert torch.allclose(output.expectation[:, 0], output.distribution @ levels)
    assert bool(((output.expectation >= 0.0) & (output.expectation <= 63.0)).all())


def test_the_trunks_shrink_a_face_32_times() -> None:
    # given
    faces = torch.randn(1, 3, 96, 96)

    # then
    with torch.inference_mode():
        assert resnet18_trunk().eval()(faces).shape == (1, 512, 3, 3)
        assert resnet50_trunk().eval()(faces).shape == (1, 2048, 3, 3)
