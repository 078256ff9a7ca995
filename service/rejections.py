"""Why a sampled frame was not scored, in a reader's words, and what to do about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from assessment.ledger import Verdict

ADVICE: Final[Mapping[str, tuple[str, str]]] = {
    Verdict.NO_FACE: ("no face was found", "Keep the face in the picture, from the front."),
    Verdict.TOO_SMALL: ("the face has too few pixels", "Move closer, or record in higher quality."),
    Verdict.BLURRED: ("the face is out of focus or moving", "Rest the camera, and clean its lens."),
    Verdict.TOO_DARK: ("the face is too dark", "Put a light behind the camera, not the person."),
    Verdict.TOO_BRIGHT: ("the face is washed out", "Turn the person away from window or lamp."),
    Verdict.TURNED_AWAY: (
        "the head is turned or tilted too far",
        "Place the camera at eye level, behind the screen that the person looks at.",
    ),
    Verdict.LOW_CONTRAST: (
        "the face is flat and grey, as through haze",
        "Clean the lens, and keep lamps and windows out of the picture.",
    ),
    Verdict.OCCLUDED: (
        "the eyes or the mouth are covered",
        "Keep hands, masks and dark glasses away from the face.",
    ),
    Verdict.OTHER_PERSON: (
        "the face is somebody else's",
        "Have one person in the picture, or say whom to measure.",
    ),
    Verdict.UNDECODABLE: ("the picture is damaged", "Send the original file, not a copy of it."),
}
"""What each reason means, and one line of advice; a test proves that none is missing."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """How many frames one reason cost; `share` is that of the sampled ones."""

    reason: str
    meaning: str
    advice: str
    count: int
    share: float


def rejected(frames: Mapping[str, Any]) -> Iterator[Rejected]:
    """Yield every reason that cost frames of a result's ledger, the commonest first."""
    costly = sorted(frames["rejected"].items(), key=lambda item: -item[1])
    for reason, count in costly:
        if count:
            meaning, advice = ADVICE.get(reason, (reason.replace("_", " "), ""))
            yield Rejected(reason, meaning, advice, count, count / frames["sampled"])
