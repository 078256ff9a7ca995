"""How a process of ours ends when it cannot start: one line on standard error, no traceback."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from assessment.faults import Misconfigured

EX_CONFIG: Final = 78
"""`sysexits.h`: something is wrong with the configuration; starting again will not help."""


@contextmanager
def told_to_the_operator() -> Generator[None]:
    """Turn `Misconfigured` into a line and exit status 78. Also a decorator."""
    try:
        yield
    except Misconfigured as fault:
        sys.stderr.write(f"mien cannot start: {fault}\n")
        raise SystemExit(EX_CONFIG) from fault
