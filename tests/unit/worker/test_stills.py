"""Pictures through the decoder of recordings: one frame, upright, and none of a broken one."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from assessment.recording_faults import TooLargePicture, Undecodable
from assessment.request import Sampling
from worker.video import Frame, Limits, Pixels, decode

EXIF_ORIENTATION = 0x0112


def a_picture(mode: str = "RGB") -> Image.Image:
    """Red above and blue below, 96 x 64, with enough grain to fill some bytes."""
    pixels = np.random.default_rng(1).integers(0, 40, (64, 96, 3), np.uint8)
    pixels[:32, :, 0] += 200
    pixels[32:, :, 2] += 200
    return Image.fromarray(pixels).convert(mode)


def encoded(
    kind: str = "JPEG", mode: str = "RGB", size: tuple[int, int] = (96, 64), **options: Any
) -> bytes:
    stream = io.BytesIO()
    a_picture(mode).resize(size).save(stream, kind, **options)
    return stream.getvalue()


def frames(folder: Path, content: bytes, limits: Limits | None = None) -> list[Frame]:
    path = folder / "recording"
    path.write_bytes(content)
    with decode(path, Sampling(), limits or Limits(), lambda: None) as recording:
        return list(recording)


def reddest_edge(pixels: Pixels) -> str:
    """Which edge of a BGR picture is the red one."""
    red = pixels[:, :, 2].astype(float) - pixels[:, :, 0]
    edges = {
        "top": red[:8].mean(),
        "bottom": red[-8:].mean(),
        "left": red[:, :8].mean(),
        "right": red[:, -8:].mean(),
    }
    return max(edges, key=lambda edge: edges[edge])


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "I;16"),
    ],
)
def test_a_picture_is_one_frame(tmp_path: Path, kind: str, mode: str):
    (frame,) = frames(tmp_path, encoded(kind, mode))

    assert (frame.index, frame.at_ms, frame.damaged) == (0, 0, False)
    assert frame.pixels.shape == (64, 96, 3)


def test_a_progressive_jpeg_is_a_picture_too(tmp_path: Path):
    assert len(frames(tmp_path, encoded(progressive=True))) == 1


@pytest.mark.parametrize(
    ("orientation", "edge"),
    [
        (1, "top"), (2, "top"), (3, "bottom"), (4, "bottom"),
        (5, "left"), (6, "right"), (7, "right"), (8, "left"),
    ],
)  # fmt: skip
def test_a_photograph_is_shown_as_its_camera_was_held(tmp_path: Path, orientation: int, edge: str):
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation

    (frame,) = frames(tmp_path, encoded(exif=exif, quality=95))

    assert reddest_edge(frame.pixels) == edge


def test_what_follows_a_picture_in_its_file_is_not_shown(tmp_path: Path):
    assert len(frames(tmp_path, encoded(quality=95) + encoded(quality=30))) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_picture_that_was_cut_off_is_not_filled_up(tmp_path: Path, kind: str, share: float):
    content = encoded(kind)

    with pytest.raises(Undecodable):
        frames(tmp_path, content[: int(share * len(content))])


def test_an_animation_is_no_picture(tmp_path: Path):
    stream = io.BytesIO()
    turned = a_picture().transpose(Image.Transpose.ROTATE_180)
    a_picture().save(stream, "PNG", save_all=True, append_images=[turned])

    with pytest.raises(Undecodable):
        frames(tmp_path, stream.getvalue())


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_keeps_to_the_limit_of_pixels(tmp_path: Path, kind: str):
    large = encoded(kind, size=(1000, 800))

    assert len(frames(tmp_path, large, Limits(max_pixels=1000 * 850))) == 1
    with pytest.raises(TooLargePicture):
        frames(tmp_path, large, Limits(max_pixels=1000 * 799))
