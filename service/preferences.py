"""The header `Prefer` (RFC 7240): how long the caller would wait for the end.

    Prefer: respond-async, wait=10

What is not understood is passed over, as the RFC asks; the first `wait` counts.
"""

import re
from collections.abc import Sequence
from typing import Final

LONGEST_WAIT_S: Final = 60
_WAIT: Final = re.compile(r'wait[ \t]*=[ \t]*(?:"0*([0-9]+)"|0*([0-9]+))', re.IGNORECASE)
_NAMED: Final = re.compile(r"wait[ \t]*(?:=|$)", re.IGNORECASE)


def wait_asked_s(lines: Sequence[str]) -> int | None:
    """Return the seconds to wait, at most 60, or None when no wait is asked for."""
    for line in lines:
        for preference in line.split(","):
            asked = preference.partition(";")[0].strip()
            if not _NAMED.match(asked):
                continue
            found = _WAIT.fullmatch(asked)
            return _clamped(found[1] or found[2]) if found else None
    return None


def _clamped(digits: str) -> int | None:
    long = len(digits) > len(str(LONGEST_WAIT_S))
    return LONGEST_WAIT_S if long else min(int(digits), LONGEST_WAIT_S) or None
