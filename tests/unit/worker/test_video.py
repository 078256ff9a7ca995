from fractions import Fraction
from pathlib import Path

import pytest

from assessment.recording_faults import (
    NoVideoStream,
    SourceMissing,
    TooLargePicture,
    TooLong,
    Undecodable,
)
from assessment.request import Sampling
from tests.media.recordings import (
    Make,
    counted,
    cut,
    number_of,
    record,
    record_huge,
    record_sound,
    with_red_corner,
)
from worker.video import End, Frame, Limits, SourceMedia, decode

EVERY_FRAME = Sampling(every_ms=None, every_n_frames=1)


def decoded(
    path: Path, sampling: Sampling = EVERY_FRAME, limits: Limits | None = None
) -> tuple[SourceMedia, list[Frame], End]:
    with decode(path, sampling, limits or Limits()) as recording:
        frames = list(recording)
        assert recording.end is not None
        return recording.media, frames, recording.end


@pytest.mark.parametrize(
    ("make", "codec", "container"),
    [
        (Make(), "h264", "mp4"),
        (Make("mov"), "h264", "mov"),
        (Make("webm", "libvpx-vp9"), "vp9", "matroska"),
        (Make("webm", "libvpx"), "vp8", "matroska"),
        (Make("matroska"), "h264", "matroska"),
        (Make("avi", "mjpeg", "yuvj420p"), "mjpeg", "avi"),
        (Make("avi", "mpeg4"), "mpeg4", "avi"),
        (Make("mpegts"), "h264", "mpegts"),
    ],
    ids=lambda value: f"{value.container}-{value.codec}" if isinstance(value, Make) else "",
)
def test_every_accepted_container_is_decoded_with_its_own_times(
    tmp_path: Path, make: Make, codec: str, container: str
) -> None:
    # Given 25 frames, each of its own grey level, one every 40 ms,
    path = record(tmp_path / "recording", counted(25), make)

    # when all are decoded,
    media, frames, end = decoded(path)

    # then each is where it belongs.
    assert (media.width, media.height, media.codec) == (320, 240, codec)
    assert media.container == container
    assert [frame.at_ms for frame in frames] == [40 * i for i in range(25)]
    assert [number_of(frame.pixels) for frame in frames] == list(range(25))
    assert end == End(frames=25, duration_ms=1000, missing=0, backward=0)


def test_only_sampled_frames_leave_the_decoder(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", counted(50))

    _, frames, end = decoded(path, Sampling(every_ms=400))

    assert [frame.at_ms for frame in frames] == [0, 400, 800, 1200, 1600]
    assert [frame.index for frame in frames] == [0, 10, 20, 30, 40]
    assert end.frames == 50


def test_variable_frame_rates_keep_their_times(tmp_path: Path) -> None:
    times = [0, 33, 67, 500, 533, 4000, 4100]

    path = record(tmp_path / "recording", counted(7), times_ms=times)

    assert [frame.at_ms for frame in decoded(path)[1]] == times


def test_timestamps_from_ten_hours_on_start_at_zero(tmp_path: Path) -> None:
    times = [36_000_000 + 40 * i for i in range(10)]
    path = record(tmp_path / "recording", counted(10), Make("matroska"), times)

    _, frames, end = decoded(path)

    assert [frame.at_ms for frame in frames] == [40 * i for i in range(10)]
    assert end.duration_ms == 400


@pytest.mark.parametrize(
    ("turn", "mirrored", "corner"),
    [
        (0, False, (0, 0)),
        (90, False, (1, 0)),
        (180, False, (1, 1)),
        (270, False, (0, 1)),
        (0, True, (0, 1)),
    ],
)
def test_a_rotated_recording_is_shown_upright(
    tmp_path: Path, turn: int, mirrored: bool, corner: tuple[int, int]
) -> None:
    # Given pictures with a red upper left corner and a container that turns them,
    make = Make(counter_clockwise=turn, mirrored=mirrored)
    path = record(tmp_path / "recording", [with_red_corner()] * 3, make)

    # when they are decoded,
    media, frames, _ = decoded(path)

    # then the corner is where a player would show it.
    height, width = frames[0].pixels.shape[:2]
    assert (media.width, media.height) == (width, height)
    assert (width, height) == ((240, 320) if turn in (90, 270) else (320, 240))
    down, across = corner
    point = frames[0].pixels[height // 4 + down * height // 2, width // 4 + across * width // 2]
    blue, _, red = (int(value) for value in point)
    assert red > 150 > blue


@pytest.mark.parametrize(
    "make",
    [Make(pixel_format="yuv444p"), Make("webm", "libvpx-vp9"), Make("avi", "mjpeg", "yuvj420p")],
    ids=["h264", "vp9", "mjpeg"],
)
def test_odd_sizes_lose_no_pixel(tmp_path: Path, make: Make) -> None:
    path = record(tmp_path / "recording", counted(3, 641, 479), make)

    _, frames, _ = decoded(path)

    assert {frame.pixels.shape for frame in frames} == {(479, 641, 3)}
    assert [number_of(frame.pixels) for frame in frames] == [0, 1, 2]


def test_oblong_pixels_are_made_square(tmp_path: Path) -> None:
    make = Make(pixel_aspect=Fraction(4, 3))
    path = record(tmp_path / "recording", counted(2, 720, 576), make)

    media, frames, _ = decoded(path)

    assert (media.width, media.height) == (960, 576)
    assert frames[0].pixels.shape == (576, 960, 3)


def test_a_single_frame_is_a_recording(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", counted(1))

    _, frames, end = decoded(path)

    assert [frame.at_ms for frame in frames] == [0]
    assert end.frames == 1


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.35, 0.5, 0.75, 0.9, 0.99])
def test_a_recording_that_was_cut_off_is_undecodable(tmp_path: Path, share: float) -> None:
    # Given an MP4 whose index comes first, and only a share of it,
    make = Make(muxing={"movflags": "faststart"})
    whole = record(tmp_path / "whole", counted(60), make)
    path = cut(tmp_path / "cut", whole, share)

    # when it is decoded, then it fails, however much of it is sound.
    with pytest.raises(Undecodable):
        decoded(path)


def test_sound_alone_is_no_recording(tmp_path: Path) -> None:
    path = record_sound(tmp_path / "recording")

    with pytest.raises(NoVideoStream):
        decoded(path)


@pytest.mark.parametrize("content", [b"", b"hello\n" * 100, b"<html></html>", b"\0" * 5000])
def test_what_is_no_video_is_undecodable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "recording"
    path.write_bytes(content)

    with pytest.raises(Undecodable):
        decoded(path)


def test_a_recording_that_is_gone_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing):
        decoded(tmp_path / "recording")


@pytest.mark.parametrize("make", [Make(), Make("matroska")], ids=["mp4", "matroska"])
def test_more_frames_than_the_limit_are_refused(tmp_path: Path, make: Make) -> None:
    path = record(tmp_path / "recording", counted(30), make)

    with pytest.raises(TooLong):
        decoded(path, limits=Limits(max_frames=29))


def test_more_media_time_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", counted(3), times_ms=[0, 40, 8 * 3_600_000])

    with pytest.raises(TooLong):
        decoded(path)


def test_a_picture_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", counted(2))

    with pytest.raises(TooLargePicture):
        decoded(path, limits=Limits(max_pixels=320 * 240 - 1))


@pytest.mark.parametrize("side", [4_000, 12_000, 20_000])
def test_a_picture_that_no_decoder_takes_is_too_large(tmp_path: Path, side: int) -> None:
    path = record_huge(tmp_path / "recording", side)

    with pytest.raises(TooLargePicture):
        decoded(path)


def test_a_4k_picture_fits_into_the_decoder(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", counted(3, 3840, 2160))

    _, frames, _ = decoded(path, limits=Limits(threads=4))

    assert frames[0].pixels.shape == (2160, 3840, 3)


def test_a_codec_that_is_not_accepted_is_refused(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", counted(2), Make("avi", "ffv1"))

    with pytest.raises(Undecodable):
        decoded(path)


def test_a_codec_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", counted(2))
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))

    with pytest.raises(Undecodable, match="codec"):
        decoded(path)


def test_the_memory_of_the_decoder_does_not_grow_with_the_recording(tmp_path: Path) -> None:
    # Given pictures that together are twice as large as what the decoder may use,
    pictures = (picture for _ in range(15) for picture in counted(20, 640, 480))
    path = record(tmp_path / "recording", pictures, Make(options={"preset": "ultrafast"}))

    # when each of them is looked at, then it decodes to its end.
    _, _, end = decoded(path, Sampling(every_ms=40), Limits(memory_bytes=200 * 2**20, threads=1))

    assert end.frames == 300
