"""Texts that name other files and hosts, and archives, under the name of a recording.

`{port}` is where somebody listens, `{canary}` a recording of somebody else's, next door.
"""

import io
import zipfile

from tests.hostile.boxes import box
from tests.hostile.case import Case
from tests.hostile.films import COUNT, film
from tests.hostile.mp4 import decoded, refused

PLAYLIST = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n"
SCRIPTS = {
    "a concat script beside a recording": "ffconcat version 1.0\nfile canary.mp4\n",
    "a concat script by path": "ffconcat version 1.0\nfile '{canary}'\n",
    "a concat script by address": "ffconcat version 1.0\nfile http://127.0.0.1:{port}/a.mp4\n",
    "a concat script of itself": "ffconcat version 1.0\nfile recording.mp4\n",
    "a playlist by address": PLAYLIST + "http://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n",
    "a playlist by path": PLAYLIST + "file://{canary}\n#EXT-X-ENDLIST\n",
    "a playlist beside a recording": PLAYLIST + "canary.mp4\n#EXT-X-ENDLIST\n",
    "a playlist by tcp": PLAYLIST + "tcp://127.0.0.1:{port}\n",
    "a playlist by concat": PLAYLIST + "concat:http://127.0.0.1:{port}/|{canary}\n",
    "a playlist by data": PLAYLIST + "data:text/plain;base64,QUFBQQ==\n#EXT-X-ENDLIST\n",
    "a playlist with a key elsewhere": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n"
    '#EXT-X-KEY:METHOD=AES-128,URI="http://127.0.0.1:{port}/key"\n#EXTINF:1,\n{canary}\n',
    "a playlist of playlists": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://127.0.0.1:{port}/m\n",
    "a manifest": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
    "<Period><BaseURL>http://127.0.0.1:{port}/</BaseURL></Period></MPD>",
    "a session": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "a redirection": '<asx version="3.0"><entry><ref href="http://127.0.0.1:{port}/"/></entry></asx>',
    "a composition": '<?xml version="1.0"?><CompositionPlaylist '
    'xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"></CompositionPlaylist>',
    "a drawing": '<svg xmlns="http://www.w3.org/2000/svg"><image '
    'href="http://127.0.0.1:{port}/a.png"/></svg>',
    "an XML bomb": '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>',
    "an address": "http://127.0.0.1:{port}/a.mp4",
    "a command": "RTSP/1.0 302 Moved\r\nLocation: rtsp://127.0.0.1:{port}/\r\n\r\n",
    "texts": "1\n00:00:00,000 --> 99:00:00,000\nGood morning\n",
    "a page": "<!DOCTYPE html><video src='http://127.0.0.1:{port}/a.mp4'></video>",
}  # fmt: skip


def archive() -> bytes:
    """Return a ZIP that holds ten megabytes of zeros, and a way out of its folder."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("../../recording.mp4", b"\0" * 10_000_000)
    return stream.getvalue()


def behind_a_head(text: str) -> bytes:
    return box("ftyp", b"isom", b"\0\0\2\0", b"isom") + text.encode()


def written(text: str) -> bytes:
    return text.encode()


def _script(name: str, text: str) -> Case:
    return refused(name, lambda: written(text), "not of a kind")


def _disguised(name: str, text: str) -> Case:
    return refused(f"{name}, behind the head of an MP4", lambda: behind_a_head(text))


CASES = (
    *(_script(name, text) for name, text in SCRIPTS.items()),
    *(
        _disguised(name, text)
        for name, text in SCRIPTS.items()
        if "concat" in name or "play" in name
    ),
    refused("an archive", archive, "not of a kind"),
    decoded("a film with an archive behind it", lambda: film("mp4") + archive(), COUNT),
    decoded("a film with a playlist behind it", lambda: film("mp4") + written(PLAYLIST), COUNT),
    decoded("a film with a script in a free box", lambda: _freely(written(PLAYLIST)), COUNT),
    refused("a drawing in a film's place", lambda: b"\0\0\0\x18ftyp" + written("<svg/>")),
    refused("nothing", lambda: b"", "not of a kind"),
    refused("one byte", lambda: b"\0", "not of a kind"),
    refused("a megabyte of zeros", lambda: b"\0" * 2**20, "not of a kind"),
    refused("a program", lambda: b"\x7fELF" + b"\0" * 400, "not of a kind"),
    refused("a letter", lambda: b"%PDF-1.7\n%%EOF\n", "not of a kind"),
)


def _freely(content: bytes) -> bytes:
    return film("faststart") + box("free", content)
