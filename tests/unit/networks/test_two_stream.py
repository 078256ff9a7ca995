"""Inter-stream attention: the unit worked by hand, its identity start, and the three trunks."""

import math

import pytest
import torch
from torch import Tensor, nn

from networks.resnet import resnet18_trunk
from networks.two_stream import (
    InterStreamAttention,
    TwoStream,
    TwoStreamConfig,
    TwoStreamTrunk,
    widen_first_convolution,
)
from networks.vgg import vgg16_trunk


def random_input(channels: int, side: int = 64, batch: int = 2) -> Tensor:
    generator = torch.Generator().manual_seed(channels)
    return torch.randn(batch, channels, side, side, generator=generator)


def by_hand() -> InterStreamAttention:
    """A unit on two channels whose inner channel is the first, and whose outputs fill both."""
    unit = InterStreamAttention(2).eval()
    for part in (unit.theta, unit.phi, unit.spatial_values, unit.temporal_values):
        part.weight.data = torch.tensor([1.0, 0.0]).reshape(1, 2, 1, 1)
        nn.init.zeros_(part.get_parameter("bias"))
    for part in (unit.to_spatial, unit.to_temporal):
        nn.init.ones_(part[0].get_parameter("weight"))
        nn.init.zeros_(part[0].get_parameter("bias"))
        nn.init.constant_(part[1].get_parameter("weight"), math.sqrt(1.0 + 1e-5))
    return unit


def test_the_unit_starts_as_the_identity() -> None:
    # given
    unit = InterStreamAttention(8)
    spatial, temporal = random_input(8, 5), random_input(8, 5) * 3.0

    for training in (True, False):
        # when
        unit.train(training)
        seen, moved = unit(spatial, temporal)

        # then
        assert torch.equal(seen, spatial)
        assert torch.equal(moved, temporal)


def test_two_places_are_worked_by_hand() -> None:
    # given S = (ln 2, 0) and T = (1, 0) in the first channel: E = [[ln 2, 0], [0, 0]]
    spatial = torch.tensor([[math.log(2.0), 0.0], [0.0, 0.0]]).reshape(1, 2, 1, 2)
    temporal = torch.tensor([[1.0, 0.0], [0.0, 0.0]]).reshape(1, 2, 1, 2)
    unit = by_hand()

    # when
    with torch.inference_mode():
        affinity = unit.affinity(spatial, temporal)
        seen, moved = unit(spatial, temporal)

    # then the rows of softmax(E) are (⅔, ⅓) and (½, ½); E is symmetric here
    assert torch.allclose(affinity, torch.tensor([[[math.log(2.0), 0.0], [0.0, 0.0]]]))
    taken_by_spatial = torch.tensor([2.0 / 3.0, 0.5])  # g_t(T) = (1, 0)
    taken_by_temporal = math.log(2.0) * torch.tensor([2.0 / 3.0, 0.5])  # g_s(S) = (ln 2, 0)
    assert torch.allclose((seen - spatial)[0, 0, 0], taken_by_spatial)
    assert torch.allclose((seen - spatial)[0, 1, 0], taken_by_spatial)
    assert torch.allclose((moved - temporal)[0, 0, 0], taken_by_temporal)


def test_rows_are_spatial_places_and_columns_temporal_ones() -> None:
    # given maps whose one bright place differs: place 0 in S, place 3 in T
    spatial, temporal = torch.zeros(1, 2, 2, 2), torch.zeros(1, 2, 2, 2)
    spatial[0, 0, 0, 0] = temporal[0, 0, 1, 1] = 10.0

    # when
    with torch.inference_mode():
        affinity = by_hand().affinity(spatial, temporal)
        seen, moved = by_hand()(spatial, temporal)

    # then only the bright places resemble each other, and take all of each other
    assert affinity[0].nonzero().tolist() == [[0, 3]]
    assert (seen - spatial)[0, 0].flatten().tolist() == pytest.approx([10.0, 2.5, 2.5, 2.5])
    assert (moved - temporal)[0, 0].flatten().tolist() == pytest.approx([2.5, 2.5, 2.5, 10.0])


def test_the_affinity_is_divided_by_the_root_of_the_inner_channels() -> None:
    # given eight channels of 1, of which four inner ones copy: a product of 4, over √4
    unit = InterStreamAttention(8)
    for part in (unit.theta, unit.phi):
        part.weight.data = torch.eye(4, 8).reshape(4, 8, 1, 1)
        nn.init.zeros_(part.get_parameter("bias"))

    # then
    with torch.inference_mode():
        affinity = unit.affinity(torch.ones(1, 8, 2, 2), torch.ones(1, 8, 2, 2))
    assert torch.allclose(affinity, torch.full((1, 4, 4), 2.0))


@pytest.mark.parametrize(
    ("trunk", "depths"),
    [("resnet18", ("layer3", "layer4")), ("vgg16", ("pool4", "pool5"))],
)
def test_the_fused_answer_is_the_mean_of_both_streams(
    trunk: TwoStreamTrunk, depths: tuple[str, ...]
) -> None:
    # given
    torch.manual_seed(0)
    network = TwoStream(TwoStreamConfig(trunk=trunk, classes=4)).eval()

    # when
    with torch.inference_mode():
        output = network(random_input(3), random_input(20))

    # then
    assert tuple(network.units) == depths
    assert output.spatial.shape == output.temporal.shape == (2, 4)
    fused = (output.spatial.softmax(dim=1) + output.temporal.softmax(dim=1)) / 2.0
    assert torch.allclose(output.probabilities, fused)
    assert torch.allclose(output.probabilities.sum(dim=1), torch.ones(2))


def test_resnet50_is_the_default_with_units_after_its_last_two_layers() -> None:
    # given
    network = TwoStream()

    # then
    counts = {
        name: sum(p.numel() for p in part.parameters()) for name, part in network.units.items()
    }
    assert sum(p.numel() for p in network.spatial.parameters()) == 23_508_032
    # four convolutions C -> C/2, two back, all with biases, and two batch norms of C
    assert counts == {
        f"layer{depth}": 6 * c * c // 2 + 4 * c // 2 + 2 * c + 4 * c
        for depth, c in ((3, 1024), (4, 2048))
    }
    assert network.spatial_classes.out_features == 7


def test_at_its_start_the_network_is_plain_late_fusion() -> None:
    # given the same trunks and heads with and without units
    torch.manual_seed(0)
    attentive = TwoStream(TwoStreamConfig(trunk="resnet18")).eval()
    plain = TwoStream(TwoStreamConfig(trunk="resnet18", attention=False)).eval()
    plain.load_state_dict(
        {name: v for name, v in attentive.state_dict().items() if not name.startswith("units.")}
    )

    # when
    with torch.inference_mode():
        both = attentive(random_input(3), random_input(20))
        alone = plain(random_input(3), random_input(20))

    # then
    assert torch.equal(both.probabilities, alone.probabilities)


def test_with_a_unit_switched_on_each_stream_hears_the_other() -> None:
    # given
    torch.manual_seed(0)
    network = TwoStream(TwoStreamConfig(trunk="resnet18", units=("layer3",))).eval()
    unit = network.units["layer3"]
    for name, parameter in unit.named_parameters():
        if name.endswith("1.weight"):
            nn.init.ones_(parameter)

    # when only the flow changes
    with torch.inference_mode():
        still = network(random_input(3), torch.zeros(2, 20, 64, 64))
        moving = network(random_input(3), random_input(20))

    # then the face's own stream answers otherwise
    assert not torch.allclose(still.spatial, moving.spatial)


def test_the_widened_convolution_answers_a_grey_picture_in_proportion() -> None:
    # given
    torch.manual_seed(0)
    trunk, wide = resnet18_trunk(), resnet18_trunk()
    wide.load_state_dict(trunk.state_dict())
    grey = random_input(1, 32)

    # when
    widen_first_convolution(wide, 20)
    with torch.inference_mode():
        narrow_answer = trunk[0](grey.expand(-1, 3, -1, -1))
        wide_answer = wide[0](grey.expand(-1, 20, -1, -1))

    # then 20 channels of the mean weight answer 20/3 as strongly as 3 of the weights
    assert wide[0].get_parameter("weight").shape == (64, 20, 7, 7)
    assert torch.allclose(wide_answer, narrow_answer * 20.0 / 3.0, rtol=1e-3, atol=1e-4)


def test_both_streams_start_from_one_trunk() -> None:
    # given
    torch.manual_seed(0)
    trunk, network = resnet18_trunk(), TwoStream(TwoStreamConfig(trunk="resnet18"))

    # when
    network.load_trunk(trunk)

    # then
    for stream in (network.spatial, network.temporal):
        assert torch.equal(
            stream.get_parameter("7.1.branch.3.weight"), trunk.get_parameter("7.1.branch.3.weight")
        )
    mean = trunk[0].get_parameter("weight").mean(dim=1)
    assert torch.allclose(network.temporal[0].get_parameter("weight")[:, 13], mean)


def test_the_vgg_trunk_has_its_thirteen_convolutions() -> None:
    # given
    trunk = vgg16_trunk()

    # then
    assert sum(p.numel() for p in trunk.parameters()) == 14_714_688
    assert [name for name, _ in trunk.named_children()] == [f"pool{n}" for n in range(1, 6)]
    with torch.inference_mode():
        assert trunk(random_input(3, 64)).shape == (2, 512, 2, 2)


def test_a_depth_that_the_trunk_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="vgg16 has units after pool3, pool4, pool5, not layer4"):
        TwoStreamConfig(trunk="vgg16", units=("layer4",))
