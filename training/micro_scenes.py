"""Planted micro-expressions: short recordings of drawn faces with events at known times.

    person ─▶ actor, script (events, blinks, slow movements) ─▶ film ─▶ (ms, face uint8 RGB), …
           ─▶ actor, events alone ─▶ onset and apex ─▶ motion (28, 28, 3)   for the recogniser

class     planted as                                            after MEGC 2019's three classes
negative  brows down and together, corners of the mouth down
positive  corners of the mouth up and apart, cheeks up
surprise  brows and lids up

Events last 200 to 400 ms and move the skin by 0.8 to 2.5 pixels of a 224 face. Blinks (150 to 300
ms, both lids), slow smiles and brows (1 to 2.5 s, 5 to 10 px), idle features, trembling alignment,
flicker and grain carry no label. Persons never cross splits; all derives from the seed and the
person's number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from networks.tensors import MICRO_EXPRESSIONS
from training.drawing import Image
from training.examples import Examples
from training.micro_muscles import Actor, Muscle, Push, draw_actor
from training.synthetic import FIRST_PERSON, Split
from worker.motion import MICRO_PIXELS, motion_of

EVENT_MS = (200.0, 400.0)
EVENT_PIXELS = (0.8, 2.5)
BLINK_MS = (150.0, 300.0)
BLINKS_A_SECOND = 0.3  # of a person at rest, about 17 a minute
SLOW_MS = (1000.0, 2500.0)
SLOW_PIXELS = (5.0, 10.0)
#: How far every muscle of a face at rest strays, by itself and slowly.
IDLE_PIXELS = 0.25
IDLE_HERTZ = (0.1, 0.6)
#: A share of the recogniser's events have lids that are half closed at one end, as by a blink.
BLINKING_SHARE = 0.15
#: Between two planted movements, and before the first.
REST_MS = (600.0, 1400.0)
#: A share of the movements are slow ones instead of events.
SLOW_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Movement:
    """A push that comes and goes, in milliseconds of media time.

    label  the class's place in `MICRO_EXPRESSIONS`; None for a slow movement, which is no event
    """

    onset_ms: float
    apex_ms: float
    offset_ms: float
    push: Push
    label: int | None = None

    def share(self, at_ms: float) -> float:
        """How much of the push is there: 0 before the onset and after the offset, 1 at the apex."""
        if not self.onset_ms < at_ms < self.offset_ms:
            return 0.0
        start = self.onset_ms if at_ms <= self.apex_ms else self.offset_ms
        return float(np.sin(0.5 * np.pi * (at_ms - start) / (self.apex_ms - start)) ** 2)


@dataclass(frozen=True, slots=True)
class Script:
    """What happens in one recording; blinks are (start, end) in milliseconds."""

    duration_ms: float
    movements: tuple[Movement, ...]
    blinks: tuple[tuple[float, float], ...]
    idling: Mapping[Muscle, tuple[float, float]] = field(default_factory=dict)
    """How a muscle strays by itself: cycles a second and the phase in radians."""

    def push(self, at_ms: float) -> Push:
        """What all muscles do at a moment, pixels of a 224 face."""
        total = {
            muscle: IDLE_PIXELS * np.sqrt(2.0) * float(np.sin(rate * at_ms * 0.002 * np.pi + phase))
            for muscle, (rate, phase) in self.idling.items()
        }
        for movement in self.movements:
            share = movement.share(at_ms)
            if share > 0.0:
                for muscle, pixels in movement.push.items():
                    total[muscle] = total.get(muscle, 0.0) + share * pixels
        return total

    @property
    def events(self) -> tuple[Movement, ...]:
        """The planted micro-expressions, the truth that a spotter is weighed against."""
        return tuple(movement for movement in self.movements if movement.label is not None)

    def closed(self, at_ms: float) -> float:
        """How far the lids are down, 0..1."""
        shares = [
            np.sin(np.pi * (at_ms - start) / (end - start))
            for start, end in self.blinks
            if start < at_ms < end
        ]
        return float(max(shares, default=0.0))


@dataclass(frozen=True, slots=True)
class MicroSceneConfig:
    """How much to film: one recording a person."""

    persons: int
    seconds: float = 12.0
    rate: float = 60.0  # frames a second
    side: int = MICRO_PIXELS
    seed: int = 20261122


def draw_push(label: int, pixels: float, random: np.random.Generator) -> Push:
    """How a person shows a class: where it is strongest, and stronger on one side, differ."""
    brows, mouth = random.permutation([1.0, random.uniform(0.3, 1.0)])
    left, right = random.permutation([1.0, random.uniform(0.6, 1.0)])
    kind = MICRO_EXPRESSIONS[label]
    if kind == "negative":
        push = {
            Muscle.LEFT_BROW: brows * left,
            Muscle.RIGHT_BROW: brows * right,
            Muscle.FROWN: 0.5 * brows,
            Muscle.LEFT_CORNER: mouth * left,
            Muscle.RIGHT_CORNER: mouth * right,
        }
    elif kind == "positive":
        push = {
            Muscle.LEFT_CORNER: -left,
            Muscle.RIGHT_CORNER: -right,
            Muscle.SPREAD: 0.4,
            Muscle.CHEEKS: -0.3 * brows,
        }
    else:
        push = {
            Muscle.LEFT_BROW: -left,
            Muscle.RIGHT_BROW: -right,
            Muscle.LIDS: -0.5 * mouth,
        }
    return {muscle: pixels * float(share) for muscle, share in push.items()}


def draw_event(onset_ms: float, random: np.random.Generator, label: int | None = None) -> Movement:
    """A micro-expression of the class, or of any."""
    if label is None:
        label = int(random.integers(len(MICRO_EXPRESSIONS)))
    length, apex = random.uniform(*EVENT_MS), random.uniform(0.35, 0.6)
    push = draw_push(label, random.uniform(*EVENT_PIXELS), random)
    return Movement(onset_ms, onset_ms + apex * length, onset_ms + length, push, label)


def draw_slow(onset_ms: float, random: np.random.Generator) -> Movement:
    """An ordinary movement, large and slow: a smile or raised brows."""
    length, apex = random.uniform(*SLOW_MS), random.uniform(0.35, 0.65)
    label = MICRO_EXPRESSIONS.index("positive" if random.uniform() < 0.5 else "surprise")
    push = draw_push(label, random.uniform(*SLOW_PIXELS), random)
    return Movement(onset_ms, onset_ms + apex * length, onset_ms + length, push)


def draw_script(seconds: float, random: np.random.Generator) -> Script:
    """Movements one after another with rests between; blinks fall anywhere, on events too."""
    duration = 1000.0 * seconds
    movements: list[Movement] = []
    start = random.uniform(*REST_MS)
    while True:
        draw = draw_slow if random.uniform() < SLOW_SHARE else draw_event
        movement = draw(start, random)
        if movement.offset_ms + REST_MS[0] > duration:
            break
        movements.append(movement)
        start = movement.offset_ms + random.uniform(*REST_MS)
    starts = np.sort(random.uniform(0.0, duration, random.poisson(BLINKS_A_SECOND * seconds)))
    blinks = tuple((float(at), float(at + random.uniform(*BLINK_MS))) for at in starts)
    idling = {
        muscle: (random.uniform(*IDLE_HERTZ), random.uniform(0.0, 2.0 * np.pi)) for muscle in Muscle
    }
    return Script(duration, tuple(movements), blinks, idling)


def film(
    actor: Actor, script: Script, rate: float, random: np.random.Generator
) -> Iterator[tuple[float, Image]]:
    """The recording frame by frame: media time in milliseconds, uint8 RGB (S, S, 3)."""
    for number in range(int(script.duration_ms * rate / 1000.0)):
        at_ms = 1000.0 * number / rate
        yield at_ms, actor.show(script.push(at_ms), script.closed(at_ms), random)


def chance(split: Split, number: int, seed: int) -> np.random.Generator:
    """The randomness of one person; the word keeps it apart from `synthetic`'s persons."""
    return np.random.default_rng([seed, FIRST_PERSON[split] + number, 0x6D6963])


def draw_recording(
    split: Split, number: int, config: MicroSceneConfig
) -> tuple[Script, Iterator[tuple[float, Image]]]:
    """One person's recording and what is in it; the same for the same arguments."""
    random = chance(split, number, config.seed)
    actor, script = draw_actor(config.side, random), draw_script(config.seconds, random)
    return script, film(actor, script, config.rate, random)


def draw_events(
    split: Split, persons: int, each: int, seed: int, side: int = MICRO_PIXELS
) -> Examples:
    """Events for the recogniser: `each` of every class a person, as motion from onset to apex.

    As a spotter does not hit them to the frame, up to a fifth of the movement is lost at each end.
    Idle muscles stray from end to end by more than they do within an event of a recording.

    inputs motion (n, 28, 28, 3) float32, labels (n,) int64, persons (n,), units (n,) 0..n-1.
    """
    motions, labels, owners = [], [], []
    for number in range(persons):
        random = chance(split, number, seed)
        actor = draw_actor(side, random, lid_steps=3)
        for label in list(range(len(MICRO_EXPRESSIONS))) * each:
            event = draw_event(0.0, random, label)
            ends = (_held(actor, event, share, random) for share in ((0.0, 0.2), (0.8, 1.0)))
            motions.append(motion_of(*ends))
            labels.append(label)
            owners.append(FIRST_PERSON[split] + number)
    return Examples(
        {"motion": np.stack(motions)},
        np.array(labels, np.int64),
        np.array(owners, np.int64),
        np.arange(len(labels)),
    )


def _held(
    actor: Actor, event: Movement, shares: tuple[float, float], random: np.random.Generator
) -> Image:
    """A face at some share of an event, idle muscles and perhaps a blink beside it."""
    share = random.uniform(*shares)
    push = {muscle: float(random.normal(0.0, IDLE_PIXELS)) for muscle in Muscle}
    for muscle, pixels in event.push.items():
        push[muscle] += share * pixels
    return actor.show(push, 0.5 * (random.uniform() < BLINKING_SHARE / 2), random)
