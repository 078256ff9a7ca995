"""Which request, assessment and trace the running code is for: what every log line carries.

Ids alone belong here. The context follows calls and coroutines; a thread is given a copy.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

NOTHING: Final[Mapping[str, str]] = {}
_context: ContextVar[Mapping[str, str]] = ContextVar("log_context", default=NOTHING)


@contextmanager
def bound(**ids: str) -> Generator[None]:
    """Have the lines that are logged within carry the ids; empty ones are left out."""
    token = _context.set({**_context.get(), **{name: one for name, one in ids.items() if one}})
    try:
        yield
    finally:
        _context.reset(token)


def ids() -> Mapping[str, str]:
    """Return what is bound here."""
    return _context.get()
