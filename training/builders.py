"""The five networks on shared trunks: each is fitted, weighed, exported and compared.

ddl_resnet50 ─┬─▶ resnet50_features                    hmhn ──▶ expression_scn
              ├─▶ attention_pooling, temporal_resnet50
              └─▶ two_stream
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from networks.scn import Scn
from networks.serving import UNIT_DEVIATION, VGGFACE2_MEAN
from networks.serving_frames import ServedFeatures, ServedScn
from networks.serving_sequences import ServedAttentionPooling, ServedTemporal, ServedTwoStream
from networks.temporal_resnet50 import TemporalNetwork
from networks.tensors import (
    ATTENTION_POOLING,
    EXPRESSION_SCN,
    EXPRESSIONS,
    HMHN,
    RESNET50_FEATURES,
    TEMPORAL_RESNET50,
    TWO_STREAM,
)
from networks.two_stream import TwoStream
from training.clips_drawn import make_expression_clips, make_expression_faces, make_severity_clips
from training.evaluation.units import Unit
from training.fit_classes import weigh
from training.fit_clips import fit_pooling, fit_temporal, pooled_scores, temporal_scores
from training.fit_scn import face_features, fit_scn, spoiled
from training.fit_two_stream import fit_two_stream, fused, last_maps, share_streams
from training.shared_trunk import line_of, read_weights, resnet18_of
from training.synthetic import Split
from training.workshop import Built, Workshop, finish

#: Rows that a graph and its network are compared on.
PARITY_ROWS = 3


def build_features(work: Workshop) -> Built:
    """The trunk alone."""
    faces = make_expression_faces(Split.HELD_OUT, 1).inputs["faces"][:PARITY_ROWS]
    work.show("exporting", 0, 1)
    return finish(ServedFeatures(work.trunk), RESNET50_FEATURES, faces, None)


def build_pooling(work: Workshop) -> Built:
    """Attention pooling over the trunk's features."""
    ground = work.ground
    tick = partial(work.show, "training")
    network = fit_pooling(ground.train, line_of(work.ddl), tick)
    evaluation = ground.weigh(lambda clips: pooled_scores(network, clips))
    features = ground.held_out.faces[:1]
    inputs = {"features": features, "mask": np.ones(features.shape[:2], np.float32)}
    work.show("exporting", 0, 1)
    return finish(ServedAttentionPooling(network), ATTENTION_POOLING, inputs, evaluation)


def build_temporal(work: Workshop) -> Built:
    """Two streams of that trunk, for a face and a map."""
    ground, network = work.ground, TemporalNetwork()
    work.show("solving the heads", 0, 1)
    fit_temporal(network, work.trunk, ground.train, line_of(work.ddl))
    evaluation = ground.weigh(lambda clips: temporal_scores(network, clips))
    clips = make_severity_clips(Split.HELD_OUT, PARITY_ROWS)
    inputs = {"appearance": clips.faces[:, 0], "temporal_map": clips.maps}
    work.show("exporting", 0, 1)
    return finish(ServedTemporal(network), TEMPORAL_RESNET50, inputs, evaluation)


def build_scn(work: Workshop) -> Built:
    """SCN's heads on hmhn's trunk."""
    network, counts = Scn(), work.counts
    network.trunk = resnet18_of(read_weights(work.graph(HMHN)))
    served = ServedScn(network).eval()
    train = make_expression_faces(Split.TRAIN, counts.train_faces)
    faces = spoiled(train.inputs["faces"].astype(np.uint8))
    tick = partial(work.show, "looking at faces")
    features = face_features(network, served.normalise, faces, tick)
    fit_scn(network, features.clone(), torch.from_numpy(train.labels.astype(np.int64)))
    held_out = make_expression_faces(Split.HELD_OUT, counts.held_out_faces)
    shown = held_out.inputs["faces"].astype(np.uint8)
    with torch.inference_mode():
        seen = face_features(network, served.normalise, shown, tick)
        probabilities = network.judge(seen).logits.softmax(dim=1)
    work.show("exporting", 0, 1)
    evaluation = weigh(probabilities, held_out, Unit.FRAME)
    return finish(served, EXPRESSION_SCN, shown[:PARITY_ROWS], evaluation)


def build_two_stream(work: Workshop) -> Built:
    """Two streams of the ResNet-50 trunk, for a face and its flow."""
    network, counts = TwoStream(), work.counts
    served = ServedTwoStream(network, VGGFACE2_MEAN, UNIT_DEVIATION).eval()
    total = len(EXPRESSIONS) * counts.train_flows
    train = make_expression_clips(
        Split.TRAIN, counts.train_flows, lambda done: work.show("drawing clips", done, total)
    )
    tick = partial(work.show, "looking at clips")
    share_streams(served, work.trunk, train)
    maps = last_maps(served, train, tick)
    fit_two_stream(network, maps, partial(work.show, "training"))
    held_out = make_expression_clips(Split.HELD_OUT, counts.held_out_flows)
    evaluation = weigh(fused(network, last_maps(served, held_out, tick)), held_out, Unit.CLIP)
    inputs = {name: values[:PARITY_ROWS] for name, values in held_out.inputs.items()}
    work.show("exporting", 0, 1)
    return finish(served, TWO_STREAM, inputs, evaluation)


#: By the name of the served model, in the order of building.
BUILDERS: dict[str, Callable[[Workshop], Built]] = {
    RESNET50_FEATURES.name: build_features,
    ATTENTION_POOLING.name: build_pooling,
    TEMPORAL_RESNET50.name: build_temporal,
    EXPRESSION_SCN.name: build_scn,
    TWO_STREAM.name: build_two_stream,
}
