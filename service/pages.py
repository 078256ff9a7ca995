"""Pages for people: self-contained, printable, without scripts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)
"""A page may bring its own style and nothing else: no script, and no request to anybody."""

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def rendered(template: str, **values: object) -> str:
    """Return the page; every value is escaped unless it is `Markup`."""
    return _pages.get_template(template).render(words=words, plain=plain, **values)


def answered(page: str) -> HTMLResponse:
    """Return the page as an answer that can load nothing and stand in nobody's frame."""
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})


def plain(name: str) -> str:
    """Return a field's name or a code as words."""
    return name.replace("_", " ")


def words(value: object) -> str:
    """Return a manifest's entry, a licence or evidence, as words."""
    if isinstance(value, Mapping):
        entries: Mapping[str, object] = value  # pyright: ignore[reportUnknownVariableType]
        return "; ".join(f"{plain(name)}: {words(one)}" for name, one in entries.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)
