"""The length that a container announces, read from real files and from broken ones."""

import struct
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest

from assessment.announced import announced_s
from assessment.backlog import Heap, estimated_s
from assessment.pace import Run

FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


def written(path: Path, container: str, codec: str, **options: str) -> Path:
    """Write two seconds of grey at ten frames a second."""
    with av.open(str(path), "w", format=container, options=options) as file:
        stream = cast("av.VideoStream", file.add_stream(codec, rate=10))
        stream.width = stream.height = 32
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for _ in range(20):
            frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 128, np.uint8), "rgb24")
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("container", "codec", "options"),
    [
        ("mp4", "mpeg4", {}),
        ("mp4", "mpeg4", {"movflags": "+faststart"}),
        ("mov", "mpeg4", {}),
        ("matroska", "mpeg4", {}),
        ("webm", "libvpx", {}),
        ("avi", "mjpeg", {}),
    ],
)
def test_a_container_that_announces_its_length_is_believed(tmp_path, container, codec, options):
    recording = written(tmp_path / "r", container, codec, **options)

    assert announced_s(recording, longest_s=3600) == pytest.approx(2.0, abs=0.11)


@pytest.mark.parametrize(
    ("container", "codec", "options"),
    [("mp4", "mpeg4", FRAGMENTED), ("mpegts", "mpeg2video", {}), ("webm", "libvpx", {"live": "1"})],
)
def test_one_that_announces_none_is_unknown(tmp_path, container, codec, options):
    recording = written(tmp_path / "r", container, codec, **options)

    assert announced_s(recording, longest_s=3600) is None


def test_a_picture_has_no_length(tmp_path):
    picture = tmp_path / "r"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))

    assert announced_s(picture, longest_s=3600) == 0.0


def test_a_liar_says_no_more_than_the_longest_recording(tmp_path):
    header = b"\0" * 12 + struct.pack(">II", 1, 2**31) + bytes(80)
    mvhd = struct.pack(">I4s", 8 + len(header), b"mvhd") + header
    moov = struct.pack(">I4s", 8 + len(mvhd), b"moov") + mvhd
    liar = tmp_path / "r"
    liar.write_bytes(struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0) + moov)

    assert announced_s(liar, longest_s=3600) == 3600


def test_every_beginning_of_a_file_gives_a_length_or_none(tmp_path):
    whole = [
        written(tmp_path / "mp4", "mp4", "mpeg4", movflags="+faststart").read_bytes(),
        written(tmp_path / "mkv", "matroska", "mpeg4").read_bytes(),
        written(tmp_path / "avi", "avi", "mjpeg").read_bytes(),
    ]
    part = tmp_path / "part"
    for content in whole:
        for length in range(0, 700, 7):
            part.write_bytes(content[:length])

            found = announced_s(part, longest_s=3600)

            assert found is None or 0 <= found <= 3600


def test_every_changed_byte_of_a_header_gives_a_length_or_none(tmp_path):
    content = written(tmp_path / "mkv", "matroska", "mpeg4").read_bytes()
    changed = tmp_path / "changed"
    for place in range(4, 300, 3):
        for value in (0, 255):
            changed.write_bytes(content[:place] + bytes([value]) + content[place + 1 :])

            found = announced_s(changed, longest_s=3600)

            assert found is None or 0 <= found <= 3600


def test_the_unannounced_are_taken_to_be_like_the_latest_runs():
    heap = Heap(assessments=5, announced=3, video_s=30)

    assert estimated_s(heap, [Run(1, 60), Run(1, 120), Run(1)]) == 2 * 90
    assert estimated_s(heap, []) == 2 * 10
    assert estimated_s(Heap(assessments=2), []) == 0
