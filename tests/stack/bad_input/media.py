"""Rows F126-F154 that a worker tells: recordings of the hostile corpus, on the running stack."""

from pathlib import Path

from tests.hostile.corpus import CORPUS
from tests.stack.bad_input.take import Take

BY_NAME = {case.name: case for case in CORPUS}
ENDS = {
    126: (("a picture by its path", "undecodable"), ("a picture by its address", "undecodable")),
    130: (("a film with an archive behind it", "no_face"),),
    131: (("ftyp and nothing else", "undecodable"),),
    133: (
        ("a header of 7 bytes", "undecodable"),
        ("a header of 2^64 - 1 bytes", "undecodable"),
        ("a track larger than the file", "no_face"),
    ),
    134: (
        ("boxes nested a thousand times", "undecodable"),
        ("100,000 boxes in a row", "undecodable"),
    ),
    135: (("1001 tracks", "undecodable"),),
    136: (("17 tracks", "undecodable"),),
    137: (("sound and a cover", "no_video_stream"),),
    138: (("100 tracks", "no_face"),),
    141: (("1 x 1", "no_face"), ("2 x 4,000", "no_face")),
    143: (
        ("4,294,967,295 samples of one byte", "too_long"),
        ("the first sample a million times", "too_long"),
    ),
    146: (
        ("a timescale of 0", "undecodable"),
        ("frames that go back", "no_face"),
        ("times that repeat", "no_face"),
    ),
    147: (("10^6 frames a second", "no_face"), ("AVI of no frames a second", "no_face")),
    149: (("an encrypted picture", "undecodable"), ("encrypted blocks", "undecodable")),
    150: (
        ("prores_ks in mov", "undecodable"),
        ("magicyuv in avi", "undecodable"),
        ("cinepak in mov", "undecodable"),
    ),
    153: (("interlaced", "no_face"),),
    154: (("a megabyte of text that is no text", "no_face"),),
}
"""By the row's number: the corpus' own names, and how an assessment of an expression ends."""
ONLY_CORPUS = {
    132: ("cut 6 bytes into box 3",),
    142: ("H.264 that grows beyond the limit", "VP9 that grows beyond the limit"),
    144: ("a thousand frames without a length",),
    145: ("80,000,000 samples of one byte", "AVI of one frame in 136 years"),
    148: ("noise in mpeg4", "noise in matroska"),
    151: ("HEVC of 10 bits", "4:4:4", "VP9 with alpha"),
    152: ("turned by 45 degrees",),
}
"""Rows of which the decoder alone tells more: its limits are smaller in the corpus' own test."""


def made(name: str, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(BY_NAME[name].make())
    return path


def take(number: int, name: str, said: str) -> Take:
    return Take(
        number=f"F{number:03}", sent=name, said=said,
        make=lambda path: made(name, path), request={"analyses": ["expression"]},
    )  # fmt: skip


TAKES = tuple(take(number, *one) for number, each in ENDS.items() for one in each)
