"""A loop's step that may break: what broke is told and counted, and the loop goes on.

A thread that dies of an exception is missed by nobody: its process lives on, and what it was
there for is no longer done. So nothing that a step raises may leave it.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from traceback import extract_tb
from typing import Final

from assessment.faults import Fault

log = logging.getLogger(__name__)

PAUSE_S: Final = 1.0


class Outliving:
    """A step that returns the seconds until the next one, also when it breaks.

    `failed` counts what was foreseen, such as a store that is away; `broken` counts bugs.
    """

    def __init__(self, step: Callable[[], float], pause_s: float = PAUSE_S) -> None:
        self._step, self._pause_s = step, pause_s
        self.failed = self.broken = 0

    def __call__(self) -> float:
        """Do the step."""
        try:
            return self._step()
        except (Fault, OSError) as error:
            self.failed += 1
            log.warning("a step failed: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001  the loop is all that does this work
            self.broken += 1
            log.error("a step broke, as %d before it: %s", self.broken - 1, told(error))  # noqa: TRY400
        return self._pause_s


def told(error: BaseException) -> str:
    """Return what broke and where; its words may hold a patient's, so they stay untold."""
    frames = extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
