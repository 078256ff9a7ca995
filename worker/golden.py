"""The golden clip on its way through the worker: decoded, its faces found, aligned, and scored.

    golden.mp4 ─▶ decode ─▶ find ─▶ align ─▶ faces ─▶ a row or a few by kind ─▶ ask ─▶ values

The clip is drawn, so it shows nobody (`training.golden_clip`). When weights are built, `ask` is
ONNX Runtime; in a worker it is Triton. Any difference between then and now is in the values: in
the decoder, the detector, OpenCV, the engine, or the weights.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from assessment.faults import Misconfigured
from assessment.golden import Rows as Values
from assessment.golden import kept
from assessment.manifest import CLIP, EVENT, FRAME, SET, Manifest
from assessment.recording_faults import Unusable
from assessment.request import Sampling
from worker.answers import Rows, Scores
from worker.clips import INPUTS
from worker.faces import Face, align
from worker.inference import resized
from worker.motion import motion_of
from worker.video import Limits, Pixels, decode

GOLDEN_CLIP: Final = Path(__file__).with_name("golden.mp4")
FRAMES: Final = 50
CLOSE, FAR = 3, 12
"""Every so many frames of the clip: 17 faces for networks that take several, else 5 of them."""
APEX: Final = 8
"""Which of the 17 faces an event's motion leads to, from the first."""

Ask = Callable[[Manifest, Rows], Scores]
"""Scores the rows of one network: (n, width) float32."""


class Finder(Protocol):
    """Finds faces in a picture."""

    def find(self, pixels: Pixels) -> list[Face]:
        """Return the faces of a BGR picture (height, width, 3), the surest first."""
        ...


@dataclass(frozen=True, slots=True)
class GoldenFaces:
    """The clip's aligned faces: 17, or 5 of them, (n, 224, 224, 3) uint8 RGB."""

    every: int
    faces: Pixels
    clip_sha256: str

    def sha256(self, manifest: Manifest) -> str:
        """Return the digest of the faces that the network is asked about."""
        return hashlib.sha256(self.of(manifest).tobytes()).hexdigest()

    def of(self, manifest: Manifest) -> Pixels:
        """Return the faces that the network is asked about: few for one that takes single ones."""
        return self.faces[:: FAR // self.every] if manifest.kind == FRAME else self.faces


def clip_sha256(clip: Path = GOLDEN_CLIP) -> str:
    """Return the digest of the clip, or raise `Misconfigured` when it is not there."""
    try:
        return hashlib.sha256(clip.read_bytes()).hexdigest()
    except OSError as error:
        raise Misconfigured(f"the golden clip {clip.name} cannot be read") from error


def golden_faces(
    finder: Finder, manifests: Iterable[Manifest], clip: Path = GOLDEN_CLIP
) -> GoldenFaces:
    """Return the clip's faces as these networks need them.

    Raises `Misconfigured` when the clip cannot be read or does not show a face in every frame.
    """
    clip_digest = clip_sha256(clip)
    every = FAR if all(one.kind == FRAME for one in manifests) else CLOSE
    faces: list[Pixels] = []
    try:
        with decode(clip, Sampling(every_ms=None, every_n_frames=every), Limits()) as recording:
            for frame in recording:
                found = finder.find(frame.pixels)
                faces += [align(frame.pixels, face) for face in found[:1]]
    except Unusable as fault:
        raise Misconfigured(f"the golden clip does not decode: {fault.code}") from fault
    expected = len(range(0, FRAMES, every))
    if len(faces) != expected:
        raise Misconfigured(f"{len(faces)} faces in {expected} frames of the golden clip")
    return GoldenFaces(every, np.stack(faces), clip_digest)


def golden_values(
    manifest: Manifest, golden: GoldenFaces, ask: Ask, features: Manifest | None
) -> Values:
    """Return what the network says of the clip, thinned; `features` is the one it stands on."""
    rows = _rows(manifest, golden.of(manifest), ask, features)
    return tuple(kept([float(value) for value in row]) for row in ask(manifest, rows))


def _rows(manifest: Manifest, faces: Pixels, ask: Ask, features: Manifest | None) -> Rows:
    """Return a network's inputs by name, as the pipeline's stage for its kind makes them."""
    if manifest.kind == SET and features is not None:
        taken = ask(features, {features.inputs[0].name: resized(faces, features.face_size)})
        return {"features": taken[None], "mask": np.ones((1, len(taken)), np.float32)}
    if manifest.kind == CLIP and manifest.clip is not None:
        clip = faces[: manifest.clip.frames]
        return {one.name: INPUTS[one.name](clip)[None] for one in manifest.inputs}
    name = manifest.inputs[0].name
    if manifest.kind == EVENT:
        return {name: motion_of(faces[0], faces[APEX])[None]}
    if manifest.kind == FRAME:
        return {name: resized(faces, manifest.face_size)}
    raise Misconfigured(f"{manifest.name} has no network to stand on")
