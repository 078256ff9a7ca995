"""Tiny folders laid out as the owners of the data sets lay out theirs."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import cv2
import numpy as np

from training.datasets import fer2013

TITLES = ("Training", "Development", "Testing")


def touch(path: Path, content: str | bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def picture(path: Path, level: int = 90, size: tuple[int, int] = (40, 30)) -> Path:
    """Write a flat grey picture of width and height."""
    path.parent.mkdir(parents=True, exist_ok=True)
    grey = np.full((size[1], size[0], 3), level, np.uint8)
    touch(path, cv2.imencode(path.suffix, grey)[1].tobytes())
    return path


def avec2014(root: Path, sessions: Mapping[str, Mapping[str, str]]) -> Path:
    """Write the sessions of each partition, with their labels as text."""
    for title in TITLES:
        labels = (
            "AVEC2014_Labels_Testset/Testing/DepressionLabels"
            if title == "Testing"
            else f"{title}_DepressionLabels"
        )
        for session, label in sessions[title].items():
            touch(root / labels / f"{session}_Depression.csv", label)
            for task in ("Freeform", "Northwind"):
                touch(root / title / task / f"{session}_{task}_video.mp4")
    return root


def avec2013(root: Path, sessions: Mapping[str, Mapping[str, str]]) -> Path:
    for title in TITLES:
        for session, label in sessions[title].items():
            touch(root / f"{title}_DepressionLabels/{session}_Depression.csv", label)
            touch(root / title / f"{session}_cut_combined.mp4")
    return root


SESSIONS = {
    "Training": {"203_1": "3\n", "204_1": "12\n", "205_1": "44\n"},
    "Development": {"206_1": "0\n", "207_1": "9\n"},
    "Testing": {"208_1": "20\n", "209_2": "31\n"},
}


def fer2013_row(emotion: str = "3", usage: str = "Training", level: int = 7) -> str:
    pixels = " ".join([str(level)] * fer2013.SIDE**2)
    return f"{emotion},{pixels},{usage}"


def fer2013_csv(root: Path, rows: Iterable[str]) -> Path:
    touch(root / "fer2013.csv", "\n".join(["emotion,pixels,Usage", *rows]) + "\n")
    return root


VOTED = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"


def ferplus_csv(root: Path, rows: Iterable[str]) -> Path:
    touch(root / "fer2013new.csv", "\n".join([VOTED, *rows]) + "\n")
    return root


def ck_plus(root: Path, labels: Mapping[str, str], pictures: int = 4) -> Path:
    """Write sequences such as `S005/001` with their emotion files' text."""
    for place, label in labels.items():
        name = place.replace("/", "_")
        for number in range(1, pictures + 1):
            picture(root / "cohn-kanade-images" / place / f"{name}_{number:08d}.png", 20 * number)
        touch(root / "Emotion" / place / f"{name}_{pictures:08d}_emotion.txt", label)
    return root


CASME2_HEADER = "Subject,Filename,,OnsetFrame,ApexFrame,OffsetFrame,,Action Units,Estimated Emotion"


def casme2(root: Path, rows: Iterable[str], frames: range = range(46, 56)) -> Path:
    """Write rows such as `1,EP02_01f,,46,50,54,,4,happiness` and a clip for each."""
    rows = list(rows)
    touch(root / "CASME2-coding-20140508.csv", "\n".join([CASME2_HEADER, *rows]) + "\n")
    for row in rows:
        subject, name = row.split(",")[:2]
        clip = root / "CASME2_RAW_selected" / f"sub{subject.zfill(2)}" / name
        for number in frames:
            picture(clip / f"img{number}.jpg")
    return root


SAMM_PREAMBLE = "SAMM Micro FACS codes,,,,,\nNotes,,,,,\n,,,,,\n"
SAMM_HEADER = "Subject,Filename,Onset Frame,Apex Frame,Offset Frame,Estimated Emotion"


def samm(root: Path, rows: Iterable[str], frames: range = range(100, 110)) -> Path:
    """Write rows such as `006,006_1_2,100,104,108,Anger` and a clip for each."""
    rows = list(rows)
    text = SAMM_PREAMBLE + "\n".join([SAMM_HEADER, *rows]) + "\n"
    touch(root / "SAMM_Micro_FACS_Codes_v2.csv", text)
    for row in rows:
        subject, name = row.split(",")[:2]
        for number in frames:
            picture(root / subject.zfill(3) / name / f"{subject.zfill(3)}_{number:05d}.jpg")
    return root


def smic(root: Path, clips: Iterable[str], pictures: int = 5) -> Path:
    """Write clips such as `s1/micro/negative/s1_ne_01`."""
    for clip in clips:
        for number in range(200, 200 + pictures):
            picture(root / "SMIC_all_cropped" / "HS" / clip / f"reg_image{number:06d}.bmp")
    return root
