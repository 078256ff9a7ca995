"""The query of a request: each name at most once, because readers differ in which one counts."""

from collections import Counter
from typing import Any, Final

from fastapi import Request

from assessment.faults import Invalid
from service.strict_json import FIELD_NAME

QUERY: Final = "/query"


def require_once(request: Request) -> None:
    """Raise `Invalid` for a name that comes twice; only what looks like a field is named.

    A route that reads no query does not mind what is in it.
    """
    if not _reads_query(getattr(request.scope.get("route"), "dependant", None)):
        return
    counted = Counter(name for name, _ in request.query_params.multi_items())
    for name, times in counted.items():
        if times > 1:
            pointer = f"{QUERY}/{name}" if FIELD_NAME.fullmatch(name) else QUERY
            raise Invalid("comes twice", pointer=pointer)


def _reads_query(dependant: Any) -> bool:
    """Return whether the route, or anything that it depends on, takes a value of the query."""
    if dependant is None:
        return False
    return bool(dependant.query_params) or any(map(_reads_query, dependant.dependencies))
