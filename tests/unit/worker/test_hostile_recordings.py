"""Recordings that try to reach other files, other hosts, or the worker itself."""

import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment.recording_faults import Undecodable, Unusable
from assessment.request import Sampling
from tests.media.recordings import Make, counted, record
from worker.video import Limits, decode

LIMITS = Limits(max_frames=200, silence_seconds=20.0)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def frames_of(path: Path) -> int:
    with decode(path, Sampling(), LIMITS) as recording:
        return sum(1 for _ in recording)


SCRIPTS = {
    "concat": "ffconcat version 1.0\nfile canary.mp4\n",
    "concat by address": "ffconcat version 1.0\nfile http://127.0.0.1:{port}/canary.mp4\n",
    "playlist": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:{port}/a.ts\n",
    "playlist of a file": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{canary}\n",
    "playlist by tcp": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\ntcp://127.0.0.1:{port}\n",
    "manifest": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
    "<Period><BaseURL>http://127.0.0.1:{port}/</BaseURL></Period></MPD>",
    "session": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "redirection": '<asx version="3.0"><entry><ref href="http://127.0.0.1:{port}/"/></entry></asx>',
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_opens_neither_file_nor_connection(
    tmp_path: Path, listener: socket.socket, name: str
) -> None:
    # Given a script under the name of a recording, beside a recording of somebody else,
    canary = record(tmp_path / "canary.mp4", counted(5))
    script = SCRIPTS[name].format(port=listener.getsockname()[1], canary=canary)
    path = tmp_path / "recording.mp4"
    path.write_text(script)

    # when it is decoded, then it is refused,
    with pytest.raises(Undecodable, match="0 frames"):
        frames_of(path)

    # and nobody was called.
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_a_thousand_tracks_are_refused_without_harm(tmp_path: Path) -> None:
    # Given an MP4 whose one track is listed a thousand times,
    content = record(tmp_path / "whole", counted(2)).read_bytes()
    path = tmp_path / "recording"
    path.write_bytes(_with_tracks(content, 1000))

    # when it is decoded, then the answer is a fault and not a lack of memory.
    with pytest.raises(Undecodable):
        frames_of(path)


def _with_tracks(content: bytes, count: int) -> bytes:
    start = content.index(b"moov") - 4
    size = int.from_bytes(content[start : start + 4], "big")
    moov = content[start + 8 : start + size]
    track_start = moov.index(b"trak") - 4
    track_size = int.from_bytes(moov[track_start : track_start + 4], "big")
    track = moov[track_start : track_start + track_size]
    moov += track * (count - 1)
    box = (len(moov) + 8).to_bytes(4, "big") + b"moov" + moov
    return content[:start] + box + content[start + size :]


@pytest.mark.parametrize(
    "make",
    [Make(), Make("matroska"), Make("webm", "libvpx-vp9"), Make("avi", "mjpeg", "yuvj420p")],
    ids=["mp4", "matroska", "webm", "avi"],
)
def test_broken_bytes_end_in_a_measured_answer(tmp_path: Path, make: Make) -> None:
    # Given a recording with some of its bytes replaced,
    sound = bytearray(record(tmp_path / "whole", counted(12, 64, 64), make).read_bytes())
    chance = random.Random(7)
    path = tmp_path / "recording"
    codes: set[str] = set()

    for _ in range(4):
        broken = bytearray(sound)
        for _ in range(chance.choice([1, 10, 100])):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        path.write_bytes(broken)

        # when it is decoded, then it is decoded or unusable, and nothing else.
        try:
            frames_of(path)
        except Unusable as fault:
            codes.add(fault.code)

    assert codes <= {"undecodable", "no_video_stream", "too_long", "too_large_picture"}
