"""Media time from a container's timestamps, repaired where they are missing or go back."""

from fractions import Fraction
from typing import Final

MICROSECONDS: Final = 1_000_000
USUAL_STEP_US: Final = 40_000
"""A frame at 25 frames a second; stands in until the recording has shown its own step."""
RESTART_US: Final = MICROSECONDS
"""A jump back by this much is a new clock, as after two recordings were joined; a jump
forward by this much is a gap."""
NUDGE_US: Final = 1_000
"""A timestamp that repeats or wavers is placed one millisecond after the one before."""


class MediaClock:
    """Turns timestamps into milliseconds since the first frame, always rising.

    The same timestamps always give the same times. `missing` and `backward` count repairs.
    """

    def __init__(self) -> None:
        self.missing = 0
        self.backward = 0
        self._frames = 0
        self._origin_us: int | None = None
        self._last_us = 0
        self._step_us = USUAL_STEP_US

    def at_ms(self, timestamp: int | None, time_base: Fraction | None) -> int:
        """Return the media time of the next frame in milliseconds."""
        expected_us = self._last_us + self._step_us if self._frames else 0
        if timestamp is None or not time_base:
            self.missing += 1
            at_us = expected_us
        else:
            at_us = self._placed(int(timestamp * time_base * MICROSECONDS), expected_us)
        self._frames += 1
        self._last_us = at_us
        return _milliseconds(at_us)

    def end_ms(self) -> int:
        """Return where the last frame ends: its time and one usual step."""
        return _milliseconds(self._last_us + self._step_us) if self._frames else 0

    def _placed(self, stamp_us: int, expected_us: int) -> int:
        if self._origin_us is None:
            self._origin_us = stamp_us - expected_us
            return expected_us
        at_us = stamp_us - self._origin_us
        if at_us - self._last_us >= NUDGE_US:
            self._learn(at_us - self._last_us)
            return at_us
        self.backward += 1
        if self._last_us - at_us < RESTART_US:
            return self._last_us + NUDGE_US
        self._origin_us = stamp_us - expected_us
        return expected_us

    def _learn(self, step_us: int) -> None:
        if step_us < RESTART_US:  # A longer one is a gap, and says nothing about the frame rate.
            self._step_us = step_us


def _milliseconds(microseconds: int) -> int:
    return (microseconds + 500) // 1000
