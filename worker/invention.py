"""Measurements of nobody: what the sandbox says that it saw.

Twelve seconds at a hundred frames a second, one face near the middle, every number drawn
from the reference and nothing else. The same reference gives the same measurement.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sin
from random import Random
from typing import Final

from assessment.ledger import Verdict
from assessment.manifest import EVENT, SET, Manifest
from assessment.measurement import Event, FaceBox, FaceQuality, Measurement, Media, Observation
from assessment.request import Analysis, AssessmentRequest, Sampling
from assessment.sandbox import Reason

WIDTH, HEIGHT, FACE = 640, 480, 180
DURATION_MS: Final = 12_000
FRAME_MS: Final = 10
SLOW_FRAME_MS: Final = 100
"""Ten frames a second: too few for brief motion."""
RAREST_MS: Final = 4_000
"""Frames are scored at least so often, whatever was asked: there must be enough of them."""
TOO_SHORT_MS: Final = 800
STRETCH_MS: Final = 3_000
"""How long one expression is shown."""
LOUDNESS: Final = 6.0


@dataclass(frozen=True, slots=True)
class Pace:
    """The media time between frames, between looks and between scores, in milliseconds."""

    frame_ms: int
    look_ms: int
    score_ms: int

    @classmethod
    def of(cls, request: AssessmentRequest, reason: Reason | None) -> "Pace":
        """Return the pace that the request asks for, within what the sandbox has."""
        frame_ms = SLOW_FRAME_MS if reason is Reason.FRAME_RATE_TOO_LOW else FRAME_MS
        score_ms = min(RAREST_MS, max(frame_ms, _asked_ms(request.sampling, frame_ms)))
        everything = Analysis.MICRO_EXPRESSIONS in request.analyses
        return cls(frame_ms, frame_ms if everything else score_ms, score_ms)


def _asked_ms(sampling: Sampling, frame_ms: int) -> int:
    return sampling.every_ms or (sampling.every_n_frames or 1) * frame_ms


def invent(
    request: AssessmentRequest, networks: Sequence[Manifest], reason: Reason | None = None
) -> Measurement:
    """Return a measurement in which the networks answer, or which withholds for the reason."""
    seed, pace = request.reference or "", Pace.of(request, reason)
    looks = [_look(_chance(seed, at), at, pace) for at in range(0, DURATION_MS, pace.look_ms)]
    seen = [_judged(i, look, pace, reason) for i, look in enumerate(looks)]
    voices = [_Voice.of(seed, one) for one in networks if one.kind not in (SET, EVENT)]
    return Measurement(
        media=_media(pace),
        observations=tuple(_scored(look, voices, pace) for look in seen),
        timings_ms={"total": 0},
        wholes=tuple((one.name, _level(seed)) for one in networks if one.kind == SET),
        events=tuple(
            event for one in networks if one.kind == EVENT for event in _events(seed, one)
        ),
    )


def _chance(*origin: object) -> Random:
    """Return chance that is the same whenever it has the same origin."""
    return Random("/".join(map(str, origin)))  # noqa: S311  makes numbers up, keeps no secret


def _media(pace: Pace) -> Media:
    frames = DURATION_MS // pace.frame_ms
    intervals = float(pace.look_ms), float(pace.score_ms)
    return Media(WIDTH, HEIGHT, "h264", "mp4", frames, DURATION_MS, *intervals)


def _look(chance: Random, at_ms: int, pace: Pace) -> Observation:
    x = (WIDTH - FACE) // 2 + chance.randint(-8, 8)
    y = (HEIGHT - FACE) // 2 + chance.randint(-6, 6)
    face = FaceBox(x, y, FACE, FACE, round(chance.uniform(0.85, 0.98), 3))
    return Observation(
        at_ms // pace.frame_ms,
        at_ms,
        Verdict.USED,
        faces=1,
        face=face,
        quality=_quality(chance, at_ms),
    )


def _quality(chance: Random, at_ms: int) -> FaceQuality:
    """Return what a webcam shows of somebody who looks into it; the head sways slowly."""
    sway, nod = sin(at_ms / 700), sin(at_ms / 1100)
    return FaceQuality(
        size=round(chance.uniform(66, 72), 2),
        yaw=round(0.06 * sway, 3),
        pitch=round(0.53 + 0.04 * nod, 3),
        roll_degrees=round(3 * sway * nod, 2),
        light=round(chance.uniform(112, 128), 2),
        contrast=round(chance.uniform(34, 42), 2),
        sharpness=round(chance.uniform(0.22, 0.38), 3),
        eye_detail=round(chance.uniform(1.7, 2.2), 3),
        mouth_detail=round(chance.uniform(1.3, 1.9), 3),
        eye_width=round(1.0 - 0.05 * abs(sway), 3),
    )


SPOILED: Final[Mapping[Verdict, dict[str, float]]] = {
    Verdict.TURNED_AWAY: {"yaw": 0.47},
    Verdict.BLURRED: {"sharpness": 0.018},
}
"""What is measured of a look that is rejected for it."""


def _rejected(look: Observation, verdict: Verdict) -> Observation:
    quality = look.quality and replace(look.quality, **SPOILED[verdict])
    return replace(look, verdict=verdict, quality=quality)


USUAL: Final[Mapping[int, Verdict]] = {4: Verdict.TURNED_AWAY, 7: Verdict.BLURRED}
"""What goes wrong in ten looks of a good recording."""


def _judged(number: int, look: Observation, pace: Pace, reason: Reason | None) -> Observation:
    """Return what became of the look; `number` counts from 0."""
    early = number < TOO_SHORT_MS // pace.look_ms
    if reason is Reason.NO_FACE:
        return _faceless(look)
    if reason is Reason.USABLE_FACE_TIME_SHORT and not early:
        # One blurred look: a recording without any face would be withheld as `no_face`.
        blurred = number * pace.look_ms + pace.look_ms >= DURATION_MS
        return _rejected(look, Verdict.BLURRED) if blurred else _faceless(look)
    if reason is Reason.QUALITY_TOO_LOW and not early:
        return _rejected(look, Verdict.BLURRED)
    if reason is Reason.MULTIPLE_PEOPLE:
        return replace(look, faces=2)
    usual = USUAL.get(number % 10)
    return _rejected(look, usual) if usual else look


def _faceless(look: Observation) -> Observation:
    return replace(look, verdict=Verdict.NO_FACE, faces=0, face=None, quality=None)


@dataclass(frozen=True, slots=True)
class _Voice:
    """One network that scores frames, and what it says of a moment."""

    name: str
    severity: Callable[[int], float] | None
    expression: Callable[[int], tuple[float, ...]] | None

    @classmethod
    def of(cls, seed: str, network: Manifest) -> "_Voice":
        level = _level(seed)
        shown = _chance(seed, "shown").choices(range(len(network.labels) or 1), k=8)

        def severity(at_ms: int) -> float:
            return round(level + _chance(seed, network.name, at_ms).uniform(-2, 2), 3)

        def expression(at_ms: int) -> tuple[float, ...]:
            loudest = shown[at_ms // STRETCH_MS % len(shown)]
            return _probabilities(_chance(seed, network.name, at_ms), len(network.labels), loudest)

        scores = network.task == Analysis.SEVERITY
        names = network.task == Analysis.EXPRESSION
        return cls(network.name, severity if scores else None, expression if names else None)


def _level(seed: str) -> float:
    """Return the severity around which all networks agree; away from both ends of the scale."""
    return round(_chance(seed, "level").uniform(6, 40), 2)


def _probabilities(chance: Random, count: int, loudest: int) -> tuple[float, ...]:
    weights = [chance.uniform(0.2, 1.0) + LOUDNESS * (i == loudest) for i in range(count)]
    whole = sum(weights)
    return tuple(weight / whole for weight in weights)


def _scored(look: Observation, voices: Sequence[_Voice], pace: Pace) -> Observation:
    if look.verdict is not Verdict.USED or look.at_ms % pace.score_ms:
        return look
    return replace(
        look,
        severity=tuple((one.name, one.severity(look.at_ms)) for one in voices if one.severity),
        expression=tuple(
            (one.name, one.expression(look.at_ms)) for one in voices if one.expression
        ),
    )


def _events(seed: str, network: Manifest) -> list[Event]:
    """Return two brief motions, a fifth of a second each."""
    chance = _chance(seed, network.name, "events")
    starts = (DURATION_MS // 4, DURATION_MS // 2)
    count = len(network.labels)
    return [
        Event(
            network.name,
            start,
            start + 80,
            start + 200,
            _probabilities(chance, count, chance.randrange(count)),
        )
        for start in starts
    ]
