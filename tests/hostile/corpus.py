"""Every hostile recording, by family; `QUICK` has one or two of each for the unit tests."""

from tests.hostile import kind_cases, matroska_cases, mp4_cases, picture_cases, scripts
from tests.hostile.case import Case

FAMILIES = {
    "MP4": mp4_cases.CASES,
    "cut": mp4_cases.CUTS,
    "Matroska": matroska_cases.CASES,
    "pictures": picture_cases.CASES,
    "scripts": scripts.CASES,
    "kinds": kind_cases.CASES,
}
CORPUS: tuple[Case, ...] = tuple(case for family in FAMILIES.values() for case in family)
QUICK_NAMES = {
    "1001 tracks",
    "4,294,967,295 samples of one byte",
    "more of stts than the box holds",
    "a run of 80,000,000 samples",
    "boxes nested a thousand times",
    "100,000 boxes in a row",
    "a header of 2^63 bytes",
    "a timescale of 0",
    "10^6 frames a second",
    "65535 x 65535 by the header",
    "turned by 45 degrees",
    "a picture by its path",
    "an encrypted picture",
    "fragments without a header",
    "sizes that nobody knows",
    "files beside the picture",
    "times of 2^62",
    "a PNG of 65535 x 65535",
    "a concat script beside a recording",
    "a playlist by address",
    "a session",
    "a film with a playlist behind it",
    "png in mov",
    "MJPEG that grows beyond the limit",
    "sound and a cover",
    "AVI of no frames a second",
    "AVI with a script for subtitles",
}
QUICK = tuple(case for case in CORPUS if case.name in QUICK_NAMES)
