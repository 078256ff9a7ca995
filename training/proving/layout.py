"""A small data set of real video files in AVEC2014's own layout, of persons that nobody is.

    out/Training/Freeform/203_1_Freeform_video.mp4      one video a session and task
    out/Training/Northwind/203_1_Northwind_video.mp4
    out/Training_DepressionLabels/203_1_Depression.csv  one number a session, 0-63
    out/Development/…  out/Development_DepressionLabels/…
    out/Testing/…      out/AVEC2014_Labels_Testset/Testing/DepressionLabels/…

    python -m training.proving.layout --out folder --persons 6

The label is the severity of the session's behaviour; both tasks share it. In training one person
in two is the photographed face in disguise, all others are drawn; the face is away for a moment of
every video. Nothing here is from AVEC, whose recordings are licensed.
"""

import argparse
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from training.behaviour import SCALE_MAXIMUM, Behaviour, draw_clip_behaviour
from training.drawing import Looks, draw_looks
from training.faults import FolderNotEmpty, TrainingFault
from training.photograph import Disguise, draw_disguise
from training.proving.courses import Habits, draw_course, perform
from training.proving.scenes import FIRST_PERSON, Part
from training.proving.stills import Scene
from training.synthetic import Light, draw_light

FOLDERS = {Part.TRAINING: "Training", Part.DEVELOPMENT: "Development", Part.HELD_OUT: "Testing"}
LABELS = {
    Part.TRAINING: Path("Training_DepressionLabels"),
    Part.DEVELOPMENT: Path("Development_DepressionLabels"),
    Part.HELD_OUT: Path("AVEC2014_Labels_Testset/Testing/DepressionLabels"),
}
TASKS = ("Freeform", "Northwind")

WIDTH, HEIGHT = 320, 240  # pixels of a picture
FACE = 160  # pixels of the face's crop in it
FRAMES_A_SECOND = 30
FIRST_NUMBER = 203  # three digits, as AVEC's persons have

#: Each part's persons have their own hundreds, so that no number can be in two parts.
PART_STEP = 200

#: The share of a video in which the chair is empty.
ABSENT_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class LayoutConfig:
    """How much to write: persons of all parts together, and the length of a video."""

    persons: int = 6
    sessions: int = 1  # a person
    seconds: float = 4.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """One visit of one person: who, what number, and what they do."""

    part: Part
    number: int  # of the person, three digits
    visit: int  # from 1
    person: Looks | Disguise
    behaviour: Behaviour

    @property
    def name(self) -> str:
        """As AVEC names it, e.g. 203_1."""
        return f"{self.number}_{self.visit}"

    @property
    def label(self) -> int:
        """A whole number, 0-63."""
        return round(self.behaviour.severity)


def draw_sessions(config: LayoutConfig) -> list[Session]:
    """Everybody's sessions; the persons are dealt to the parts in turn."""
    sessions: list[Session] = []
    parts = tuple(FOLDERS)
    for index in range(config.persons):
        part = parts[index % len(parts)]
        place = index // len(parts)
        random = _random(config, part, place)
        photographed = part is Part.TRAINING and place % 2 == 0
        person = draw_disguise(random) if photographed else draw_looks(random)
        number = FIRST_NUMBER + PART_STEP * parts.index(part) + place
        sessions += [
            Session(part, number, visit, person, draw_clip_behaviour(random))
            for visit in range(1, config.sessions + 1)
        ]
    return sessions


def _random(config: LayoutConfig, part: Part, place: int) -> np.random.Generator:
    return np.random.default_rng([config.seed, Scene.VIDEOS, FIRST_PERSON[part] + place])


def film_session(session: Session, config: LayoutConfig, task: str) -> NDArray[np.uint8]:
    """One video of a session: (T, 240, 320, 3) uint8 RGB."""
    random = np.random.default_rng(
        [config.seed, Scene.VIDEOS, session.number, session.visit, TASKS.index(task)]
    )
    count = round(config.seconds * FRAMES_A_SECOND)
    share = session.behaviour.severity / SCALE_MAXIMUM
    habits = Habits(session.behaviour, 0.5 - 0.4 * share, 0.2 + 0.2 * share, 0.02 - 0.015 * share)
    course = draw_course(habits, np.arange(count, dtype=np.float64) / FRAMES_A_SECOND, random)
    light: Light = draw_light(random)
    faces = perform(session.person, course, light, FACE, random)
    pictures = np.empty((count, HEIGHT, WIDTH, 3), np.uint8)
    pictures[:] = faces[:, :1, :1].mean(axis=(0, 1, 2)).astype(np.uint8)  # the wall
    left, top = (WIDTH - FACE) // 2, (HEIGHT - FACE) // 2
    away = round(ABSENT_SHARE * count)
    start = int(random.integers(0, count - away + 1))
    here = np.ones(count, bool)
    here[start : start + away] = False
    pictures[here, top : top + FACE, left : left + FACE] = faces[here]
    return pictures


def write_video(path: Path, pictures: NDArray[np.uint8]) -> None:
    """Encode (T, H, W, 3) uint8 RGB as H.264; the file appears whole or not at all."""
    draft = path.with_name(path.name + ".part")
    with av.open(str(draft), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(FRAMES_A_SECOND))
        stream.height, stream.width = pictures.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        stream.codec_context.options = {"crf": "18", "preset": "veryfast"}
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    draft.replace(path)


def write_layout(out: Path, config: LayoutConfig) -> list[Session]:
    """Write the whole data set into an empty or new folder; raises `FolderNotEmpty`."""
    if out.exists() and any(out.iterdir()):
        raise FolderNotEmpty(f"{out} already holds something: name an empty or a new folder")
    sessions = draw_sessions(config)
    for session in sessions:
        for task in TASKS:
            folder = out / FOLDERS[session.part] / task
            folder.mkdir(parents=True, exist_ok=True)
            pictures = film_session(session, config, task)
            write_video(folder / f"{session.name}_{task}_video.mp4", pictures)
        labels = out / LABELS[session.part]
        labels.mkdir(parents=True, exist_ok=True)
        (labels / f"{session.name}_Depression.csv").write_text(f"{session.label}\n")
    return sessions


def main(arguments: list[str] | None = None) -> int:
    """Write a data set as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    usual = LayoutConfig()
    parser.add_argument("--out", type=Path, required=True, help="an empty or new folder")
    parser.add_argument("--persons", type=int, default=usual.persons)
    parser.add_argument("--sessions", type=int, default=usual.sessions, help="a person")
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="a video")
    parser.add_argument("--seed", type=int, default=usual.seed)
    asked = parser.parse_args(arguments)
    config = LayoutConfig(asked.persons, asked.sessions, asked.seconds, asked.seed)
    try:
        sessions = write_layout(asked.out, config)
    except TrainingFault as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"wrote {len(sessions)} sessions, {len(TASKS)} videos each, to {asked.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
