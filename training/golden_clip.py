"""`python -m training.golden_clip`: draw the golden clip that every worker carries.

a drawn person, sad to happy in two seconds ─▶ H.264 in MP4 ─▶ worker/golden.mp4

Nobody is shown and nothing is licensed: the face is `training.drawing`'s. The file is committed; it
is drawn anew only to change what the workers score, and every network's golden scores with it.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from training.behaviour import Behaviour
from training.drawing import Image, Looks, draw_face, draw_looks
from training.repository import GOLDEN_CLIP

WIDTH, HEIGHT = 480, 360
FRAMES, RATE = 50, 25
PERSON = 8

#: How far the head sways, in pixels, and how much larger the face gets on the way.
SWAY, GROWTH = 9.0, 0.12

#: One thread, so that one machine always writes the same bytes.
ENCODER = {"crf": "20", "preset": "slow", "threads": "1"}


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is drawn, and how far (0..1) the behaviour has come at the end."""

    looks: Looks
    start: float = 0.0
    end: float = 1.0
    frames: int = FRAMES


def main(arguments: list[str] | None = None) -> int:
    """Draw the clip and return 0."""
    parser = argparse.ArgumentParser(prog="python -m training.golden_clip", description=__doc__)
    parser.add_argument("--out", type=Path, default=GOLDEN_CLIP, help="the file to write")
    write_clip(parser.parse_args(arguments).out, Scene(draw_looks(np.random.default_rng(PERSON))))
    return 0


def write_clip(path: Path, scene: Scene) -> None:
    """Encode the scene as H.264 in MP4, 25 frames a second."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(RATE))
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.options = ENCODER
        for picture in pictures(scene):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(stream.encode(frame.reformat(format="yuv420p")))
        container.mux(stream.encode())


def pictures(scene: Scene) -> Iterator[Image]:
    """Yield the frames, (360, 480, 3) uint8 RGB."""
    for share in np.linspace(scene.start, scene.end, scene.frames):
        yield _picture(scene.looks, float(share))


def _picture(looks: Looks, share: float) -> Image:
    """The person when so much of the way from sad to happy is done, on a plain wall."""
    behaviour = Behaviour(0.1 + 0.8 * share, 0.7 - 0.6 * share, 0.7 - 0.6 * share, 0.3 * share)
    face = draw_face(looks, behaviour)
    scale = 0.9 + GROWTH * share
    right = (WIDTH - scale * face.shape[1]) / 2 + SWAY * np.sin(2.0 * np.pi * share)
    down = (HEIGHT - scale * face.shape[0]) / 2
    place = np.array([[scale, 0.0, right], [0.0, scale, down]])
    wall = cv2.warpAffine(
        face, place, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cv2.GaussianBlur(wall, (0, 0), 0.8), np.uint8)


if __name__ == "__main__":
    sys.exit(main())
