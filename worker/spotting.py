"""Spotting micro-expressions in a recording, frame after frame, in bounded memory.

    (ms, aligned face) ─▶ ring of grey faces, 1 s ─▶ readings, 0.5 s ─▶ event ─▶ its motion ─▶ kept
                               gap: start anew                       finish: those above the noise

Kept are an event's times, its strength and its motion (28, 28, 3), measured while its faces were
at hand; no face outlives the ring. Works from 24 frames a second on. An event needs a quarter of a
second of the face before its onset and after its offset.

On drawn faces (`training.proving.micro`) most events are found. On real ones spotting is an open
problem: the baseline of MEGC 2025 finds 6 of 208 and 3 of 37 events (arXiv 2506.15298).
"""

import heapq
from collections import deque
from dataclasses import dataclass
from typing import Final

from assessment.micro_expression import LOWEST_FRAME_RATE
from worker.motion import Faces, Field, motion_between, small_gray
from worker.peaks import REACH_MS, Event, Noise, event_at
from worker.regions import Reading, read

GAP_MS: Final = 1.5 * 1000.0 / LOWEST_FRAME_RATE
"""A longer time without a usable face starts anew."""
LEAST_STEP_MS: Final = 9.0
"""Faces that come faster than some 110 a second are thinned out; they tell no more."""
KEPT_EVENTS: Final = 1000
"""The strongest events of a recording; 10 MB."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A spotted event and its motion from onset to apex, (28, 28, 3) float32, for STSTNet."""

    event: Event
    motion: Field


@dataclass(frozen=True, slots=True)
class _Seen:
    at_ms: float
    face: Faces  # (112, 112) uint8


class Spotter:
    """Looks for micro-expressions in the faces of one recording; use one for each."""

    def __init__(self) -> None:
        self._noise = Noise()
        self._kept: list[tuple[float, float, Candidate]] = []  # a heap, the weakest first
        self._faces: deque[_Seen] = deque()
        self._readings: deque[Reading] = deque()
        self._next = 0  # place among the faces of the first one not yet read
        self._judged_ms = 0.0  # readings up to here were judged

    def see(self, at_ms: float, face: Faces) -> None:
        """Take the next usable face: media time, aligned (S, S, 3) uint8 RGB, S 112 or more.

        A gap in the faces starts anew. A face that comes no later than the last is passed over.
        """
        if self._faces:
            step = at_ms - self._faces[-1].at_ms
            if step < LEAST_STEP_MS:
                return
            if step > GAP_MS:
                self._start_anew()
        self._faces.append(_Seen(at_ms, small_gray(face)))
        self._read_to(at_ms - REACH_MS)
        self._judge_to(at_ms - 2 * REACH_MS)
        self._forget(at_ms)

    def finish(self) -> tuple[Candidate, ...]:
        """Return the events above the recording's noise, in order of time; see no more then."""
        self._start_anew()
        threshold = self._noise.threshold()
        kept = [item for strength, _, item in self._kept if strength >= threshold]
        return tuple(sorted(kept, key=lambda item: item.event.apex_ms))

    def _start_anew(self) -> None:
        if self._readings:
            self._judge_to(self._readings[-1].at_ms)
        self._faces.clear()
        self._readings.clear()
        self._next = 0

    def _read_to(self, last_ms: float) -> None:
        """Read every face that has one `REACH_MS` before and one after it."""
        while self._next < len(self._faces) and self._faces[self._next].at_ms <= last_ms:
            now = self._faces[self._next]
            self._next += 1
            if now.at_ms - self._faces[0].at_ms < REACH_MS - LEAST_STEP_MS:
                continue
            before, after = (self._nearest(now.at_ms + way) for way in (-REACH_MS, REACH_MS))
            reading = read(now.at_ms, before.face, now.face, after.face)
            self._noise.add(reading.strength)
            self._readings.append(reading)

    def _judge_to(self, last_ms: float) -> None:
        """Keep the events whose apex lies after those judged before, up to this time."""
        readings = tuple(self._readings)
        for place, reading in enumerate(readings):
            if self._judged_ms < reading.at_ms <= last_ms:
                event = event_at(readings, place)
                if event is not None:
                    self._keep(event)
        self._judged_ms = max(self._judged_ms, last_ms)

    def _keep(self, event: Event) -> None:
        onset, apex = self._nearest(event.onset_ms), self._nearest(event.apex_ms)
        candidate = Candidate(event, motion_between(onset.face, apex.face))
        heapq.heappush(self._kept, (event.strength, event.apex_ms, candidate))
        if len(self._kept) > KEPT_EVENTS:
            heapq.heappop(self._kept)

    def _forget(self, at_ms: float) -> None:
        """Drop what no reading and no event can ask for any more."""
        while self._readings and self._readings[0].at_ms < at_ms - 3 * REACH_MS - GAP_MS:
            self._readings.popleft()
        while self._faces[0].at_ms < at_ms - 4 * REACH_MS and self._next > 0:
            self._faces.popleft()
            self._next -= 1

    def _nearest(self, at_ms: float) -> _Seen:
        return min(self._faces, key=lambda seen: abs(seen.at_ms - at_ms))
