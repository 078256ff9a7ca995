"""HMHN against its specification: parameter counts, shapes, and what its parts promise."""

import math

import pytest
import torch
from torch import Tensor, nn

from networks.hmhn import (
    CELLS,
    FeatureFusion,
    GridWiseAttention,
    Hmhn,
    HmhnConfig,
    fold_grid,
    split_grid,
)


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.fixture(scope="module")
def network() -> Hmhn:
    torch.manual_seed(0)
    return Hmhn().eval()


def random_faces(side: int, batch: int = 2) -> Tensor:
    return torch.randn(batch, 3, side, side, generator=torch.Generator().manual_seed(1))


def test_the_parameters_are_as_many_as_the_specification_counts(network: Hmhn) -> None:
    assert count(network) == 19_721_676
    assert count(network.grid_attention) == 585
    assert count(network.fusion) == 450
    assert count(network.trunk) == 11_176_512
    assert {count(head) for head in network.heads} == {2_135_904}
    assert count(network.severity) == 513


def test_the_parts_have_the_shapes_of_the_layer_table(network: Hmhn) -> None:
    # given
    faces = random_faces(224)

    # when
    with torch.inference_mode():
        affinities = network.grid_attention.affinities(faces)
        attention_map = network.grid_attention(faces)
        fused = network.fusion(faces, attention_map)
        features = network.trunk(fused)
        vector, mask = network.heads[0](features)
        output = network(faces)

    # then
    assert affinities.shape == (2, 16, 3, 56, 56)
    assert attention_map.shape == fused.shape == (2, 3, 224, 224)
    assert features.shape == (2, 512, 7, 7)
    assert vector.shape == (2, 512)
    assert mask.shape == (2, 1, 7, 7)
    assert output.score.shape == (2, 1)
    assert output.log_heads.shape == (2, 4, 512)
    assert output.attention.shape == (2, 4, 7, 7)


@pytest.mark.parametrize("side", [32, 64, 96])
def test_any_side_divisible_by_32_is_taken(network: Hmhn, side: int) -> None:
    # when
    with torch.inference_mode():
        output = network(random_faces(side))

    # then
    assert output.attention.shape == (2, 4, side // 32, side // 32)


def test_another_number_of_heads_changes_only_the_heads() -> None:
    # given
    network = Hmhn(HmhnConfig(heads=2))

    # then
    assert count(network) == 19_721_676 - 2 * 2_135_904


def test_folding_a_split_grid_gives_the_picture_back() -> None:
    # given
    picture = random_faces(64)

    # then
    assert torch.equal(fold_grid(split_grid(picture)), picture)


def test_cells_are_cut_row_by_row() -> None:
    # given a picture that says in which cell each pixel lies
    cell = torch.arange(16.0).reshape(4, 4)
    picture = cell.repeat_interleave(8, 0).repeat_interleave(8, 1).expand(1, 3, 32, 32)

    # when
    cells = split_grid(picture)

    # then
    assert [int(value) for value in cells[0, :, 0, 0, 0]] == list(range(16))
    assert all(bool((cells[0, i] == i).all()) for i in range(CELLS))


def test_the_cells_affinities_sum_to_one_at_every_pixel() -> None:
    # given
    attention = GridWiseAttention(64).eval()

    # when
    with torch.inference_mode():
        sums = attention.affinities(random_faces(64)).sum(dim=1)

    # then
    assert torch.allclose(sums, torch.ones_like(sums), atol=1e-5)


def test_the_attention_map_scales_a_whole_cell_by_one_weight() -> None:
    # given
    attention, faces = GridWiseAttention(64).eval(), random_faces(64)

    # when
    with torch.inference_mode():
        weights = attention.weights(faces)
        scales = split_grid(attention(faces)) / split_grid(faces)

    # then
    assert torch.allclose(weights.sum(dim=1), torch.ones(2, 3, 1, 1), atol=1e-5)
    assert torch.allclose(scales, (weights * CELLS).expand_as(scales), rtol=1e-3)


def test_fusion_starts_close_to_the_face_itself() -> None:
    # given
    torch.manual_seed(0)
    fusion, faces = FeatureFusion().eval(), random_faces(64)

    # when
    with torch.inference_mode():
        change = (fusion(faces, faces) - faces).abs().mean()

    # then
    assert change < 0.25


def test_the_heads_are_a_distribution_over_heads(network: Hmhn) -> None:
    # when
    with torch.inference_mode():
        log_heads = network(random_faces(64)).log_heads

    # then
    sums = log_heads.exp().sum(dim=1)
    assert torch.allclose(sums, torch.ones_like(sums), atol=1e-5)


def test_the_score_starts_at_the_configured_mean() -> None:
    assert float(Hmhn().severity.bias.item()) == pytest.approx(15.3 / 63.0)


def test_the_grid_attention_is_worked_by_hand() -> None:
    # given cells that are even: √(ln 2) in the first, 0 in the fifteen others
    attention = GridWiseAttention(64).eval()
    attention.local = nn.Sequential()  # the features are the face itself
    faces = torch.zeros(1, 3, 16, 16)
    faces[:, :, :4, :4] = math.sqrt(math.log(2.0))

    # when
    with torch.inference_mode():
        weights = attention.weights(faces).flatten(1)
        attention_map = attention(faces)

    # then F·Fᵀ/c is ln 2 and 0, so the weights are 2/17 and 1/17; x_map is 16 times as bright
    assert torch.allclose(weights[0, :3], torch.full((3,), 2.0 / 17.0))
    assert torch.allclose(weights[0, 3:], torch.full((45,), 1.0 / 17.0))
    assert torch.allclose(attention_map, faces * 32.0 / 17.0)


def test_the_fusion_is_worked_by_hand() -> None:
    # given transforms that copy, refinements that say nothing, and a mix that copies
    fusion = FeatureFusion().eval()
    copy = torch.zeros(3, 3, 3, 3)
    copy[range(3), range(3), 1, 1] = 1.0
    for part in fusion.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.zeros_(part.weight)
            nn.init.zeros_(part.get_parameter("bias"))
    for part in (fusion.transform_face[0], fusion.transform_map[0], fusion.mix):
        part.get_parameter("weight").data = copy

    # when
    with torch.inference_mode():
        fused = fusion(torch.full((1, 3, 4, 4), 2.0), torch.full((1, 3, 4, 4), -3.0))

    # then s = relu(2) + relu(-3), y = sigmoid(s), and the face gains 2y - 1
    sigmoid = 1.0 / (1.0 + math.exp(-2.0))
    assert torch.allclose(fused, torch.full((1, 3, 4, 4), 1.0 + 2.0 * sigmoid), atol=1e-4)
