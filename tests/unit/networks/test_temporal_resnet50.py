"""Temporal encoding: the map worked by hand, and two streams with a fused score."""

import pytest
import torch
from torch import nn

from networks.resnet import resnet_trunk
from networks.temporal_resnet50 import TemporalConfig, TemporalNetwork, rank_pool_map
from worker.motion import temporal_map


def test_three_frames_are_pooled_by_hand() -> None:
    # given weights -2, 0, 2 and a pixel that brightens by 1, one that darkens by 2, one that stays
    clip = torch.full((1, 3, 3, 1, 3), 7.0)
    clip[0, :, :, 0, 0] += torch.arange(3.0).unsqueeze(1)
    clip[0, :, :, 0, 1] -= 2.0 * torch.arange(3.0).unsqueeze(1)

    # when
    pooled = rank_pool_map(clip)

    # then 4, -8 and 0 stretched to 1, 0 and 8/12
    assert pooled.shape == (1, 3, 1, 3)
    expected = torch.tensor([1.0, 0.0, 2.0 / 3.0]).expand(1, 3, 1, 3)
    assert torch.allclose(pooled, expected)


def test_each_clip_is_stretched_on_its_own() -> None:
    # given a clip with small motion beside one with large
    clip = torch.zeros(2, 2, 3, 2, 2)
    clip[0, 1, 0, 0, 0] = 0.01
    clip[1, 1, 0, 0, 0] = 200.0

    # when
    pooled = rank_pool_map(clip)

    # then
    assert pooled.amax((1, 2, 3)).tolist() == [1.0, 1.0]
    assert pooled.amin((1, 2, 3)).tolist() == [0.0, 0.0]


def test_a_clip_without_motion_is_even_grey() -> None:
    # given
    still = torch.rand(1, 1, 3, 4, 4, generator=torch.Generator().manual_seed(0))

    # then
    assert rank_pool_map(still.expand(1, 8, 3, 4, 4)).unique().tolist() == [0.5]


def test_a_clip_played_backwards_is_the_negative() -> None:
    # given
    clip = torch.rand(1, 6, 3, 4, 4, generator=torch.Generator().manual_seed(0))

    # then
    assert torch.allclose(rank_pool_map(clip.flip(1)), 1.0 - rank_pool_map(clip), atol=1e-5)


def test_the_workers_map_is_the_same_up_to_rounding() -> None:
    # given
    generator = torch.Generator().manual_seed(0)
    clip = torch.randint(0, 256, (1, 16, 8, 8, 3), generator=generator, dtype=torch.uint8)

    # when
    ours = rank_pool_map(clip.permute(0, 1, 4, 2, 3).float()) * 255.0  # (1, 3, 8, 8)

    # then
    theirs = torch.from_numpy(temporal_map(clip[0].numpy())).permute(2, 0, 1)
    assert float((ours[0] - theirs).abs().max()) <= 0.5 + 1e-2


def test_the_streams_are_two_and_the_fused_score_is_their_mean() -> None:
    # given
    torch.manual_seed(0)
    network = TemporalNetwork(TemporalConfig(trunk="resnet18")).eval()
    nn.init.normal_(network.dynamic.severity.weight, std=0.1)
    faces, maps = torch.randn(2, 3, 64, 64), torch.randn(2, 3, 64, 64)

    # when
    with torch.inference_mode():
        output = network(faces, maps)
        other = network(faces, maps + 1.0)

    # then
    assert output.fused.shape == output.appearance.shape == output.dynamic.shape == (2, 1)
    assert torch.allclose(output.fused, (output.appearance + output.dynamic) / 2.0)
    assert torch.equal(other.appearance, output.appearance)
    assert not torch.allclose(other.dynamic, output.dynamic)


def test_the_parameters_are_two_trunks_and_two_heads() -> None:
    network = TemporalNetwork()

    assert sum(p.numel() for p in network.parameters()) == 2 * (23_508_032 + 2049)
    assert float(network.dynamic.severity.bias.item()) == pytest.approx(15.3 / 63.0)


def test_an_unknown_trunk_is_named() -> None:
    with pytest.raises(ValueError, match="trunk 'resnet34' is not one of resnet18, resnet50"):
        resnet_trunk("resnet34")  # pyright: ignore[reportArgumentType]
