"""The two-stream network on a shared trunk: its heads, and the unit between the last maps.

    drawn clips ─▶ frozen ResNet-50 twice ─▶ last maps (n, D, 7, 7) ─▶ heads, then the unit

The maps are computed once. The unit after layer3 stays the identity that it starts as: learning it
would mean running layer4 in every step.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from networks.serving_sequences import ServedTwoStream
from networks.two_stream import InterStreamAttention, TwoStream
from training.examples import Examples
from training.fit_classes import Tick, fit_head, in_rows
from training.shared_trunk import match_first_layer

#: Steps of the unit, clips in each, and rates of its gains and of everything else.
STEPS, BATCH = 8, 21
GAIN_RATE, RATE = 1e-2, 1e-4

#: Clips on which the first layer's statistics are measured.
FIRST_LAYER_CLIPS = 16

SEED = 20261124


@dataclass(frozen=True, slots=True)
class Maps:
    """The last maps of both streams, (n, D, h, w) float32 each, and the classes (n,) int64."""

    spatial: Tensor
    temporal: Tensor
    labels: Tensor


@torch.no_grad()  # what is made here is learned from
def last_maps(served: ServedTwoStream, clips: Examples, tick: Tick) -> Maps:
    """Clips through both trunks without the units, which are the identity so far."""
    network, count = served.network, len(clips)
    spatial: list[Tensor] = []
    temporal: list[Tensor] = []
    for rows in in_rows(count):
        faces, flow = _pictures(clips, rows)
        spatial.append(network.spatial(served.normalise(faces)))
        temporal.append(network.temporal(served.normalise_flow(flow)))
        tick(min(rows.stop, count), count)
    labels = torch.from_numpy(clips.labels.astype(np.int64))
    return Maps(torch.cat(spatial), torch.cat(temporal), labels)


def _pictures(clips: Examples, rows: slice) -> tuple[Tensor, Tensor]:
    faces, flow = (torch.from_numpy(clips.inputs[name][rows]) for name in ("faces", "flow"))
    return faces, flow


def share_streams(served: ServedTwoStream, trunk: nn.Sequential, clips: Examples) -> None:
    """Start both streams from one trunk, and let the temporal one's first layer know flow."""
    network = served.network
    network.load_trunk(trunk)
    network.eval()
    faces, flow = _pictures(clips, slice(0, FIRST_LAYER_CLIPS))
    seen, moved = served.normalise(faces), served.normalise_flow(flow)
    match_first_layer(network.temporal, moved, network.spatial, seen)


def fit_two_stream(network: TwoStream, maps: Maps, tick: Tick) -> None:
    """Both heads on the plain maps' means, then the last unit below them; in place."""
    fit_head(network.spatial_classes, maps.spatial.mean(dim=(-1, -2)), maps.labels)
    fit_head(network.temporal_classes, maps.temporal.mean(dim=(-1, -2)), maps.labels)
    unit = last_unit(network)
    gains = [unit.to_spatial[1].weight, unit.to_temporal[1].weight]
    ours = {id(gain) for gain in gains}
    others = [p for p in unit.parameters() if id(p) not in ours]
    optimiser = torch.optim.Adam(
        [{"params": gains, "lr": GAIN_RATE}, {"params": others, "lr": RATE}]
    )
    random = torch.Generator().manual_seed(SEED)
    unit.train()
    for step in range(STEPS):
        rows = torch.randperm(len(maps.labels), generator=random)[:BATCH]
        optimiser.zero_grad()
        _two_stream_loss(network, maps, rows).backward()
        optimiser.step()
        tick(step + 1, STEPS)
    _measure_unit(unit, maps)
    network.eval()


def last_unit(network: TwoStream) -> InterStreamAttention:
    """The unit after the trunks' last layers."""
    unit = list(network.units.values())[-1]
    assert isinstance(unit, InterStreamAttention)
    return unit


def _two_stream_loss(network: TwoStream, maps: Maps, rows: Tensor) -> Tensor:
    seen, moved = last_unit(network)(maps.spatial[rows], maps.temporal[rows])
    spatial = network.spatial_classes(seen.mean(dim=(-1, -2)))
    temporal = network.temporal_classes(moved.mean(dim=(-1, -2)))
    labels = maps.labels[rows]
    return cross_entropy(spatial, labels) + cross_entropy(temporal, labels)


@torch.no_grad()
def _measure_unit(unit: InterStreamAttention, maps: Maps) -> None:
    """Replace the unit's running statistics by those over all clips."""
    for part in unit.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.reset_running_stats()
            part.momentum = None  # a plain mean over the batches
    for start in range(0, len(maps.labels), BATCH):
        rows = slice(start, start + BATCH)
        unit(maps.spatial[rows], maps.temporal[rows])


@torch.inference_mode()
def fused(network: TwoStream, maps: Maps) -> Tensor:
    """What the fitted network says of maps: probabilities (n, C)."""
    parts: list[Tensor] = []
    for rows in in_rows(len(maps.labels)):
        seen, moved = last_unit(network)(maps.spatial[rows], maps.temporal[rows])
        spatial = network.spatial_classes(seen.mean(dim=(-1, -2))).softmax(dim=1)
        temporal = network.temporal_classes(moved.mean(dim=(-1, -2))).softmax(dim=1)
        parts.append((spatial + temporal) / 2.0)
    return torch.cat(parts)
