"""JSON Pointers into the body that was sent.

The options are checked in one way wherever they come from, with pointers that begin with
`/request`. In a body of JSON they are at another place, and the pointers move there.
"""

from collections.abc import Generator
from contextlib import contextmanager

from assessment.faults import Invalid
from service.choice import POINTER
from service.faults import InvalidFields


@contextmanager
def options_at(place: str) -> Generator[None]:
    """Have every `Invalid` point to `place` where it pointed to the options."""
    try:
        yield
    except Invalid as fault:
        each = fault.errors if isinstance(fault, InvalidFields) else ()
        for one in (fault, *each):
            one.pointer = _moved(one.pointer, place)
        raise


def _moved(pointer: str, place: str) -> str:
    within = pointer == POINTER or pointer.startswith(f"{POINTER}/")
    return place + pointer.removeprefix(POINTER) if within else pointer
