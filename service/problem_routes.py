"""The page behind a problem's `type`: what the code means and what to do."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from service.description import problems_of
from service.faults import NoSuchPath
from service.problem_pages import Entry, entries, facts

PAGE = Markup("""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<h1>{title}</h1>
<p><code>{code}</code></p>
<p>{meaning}</p>
<h2>What to do</h2>
{advice}
<h2>Facts</h2>
<ul>{facts}</ul>
</html>
""")

router = APIRouter(prefix="/problems", tags=["problems"])


@router.get(
    "/{code}",
    operation_id="getProblem",
    summary="Read what a problem's code means",
    response_class=HTMLResponse,
    responses=problems_of(404),
)
def read(
    code: Annotated[str, Path(description="A problem's `code`.", examples=["validation_error"])],
) -> HTMLResponse:
    """Return one page for people; no key is needed."""
    entry = entries().get(code)
    if entry is None:
        raise NoSuchPath
    return HTMLResponse(str(_page(entry)))


def _page(entry: Entry) -> Markup:
    return PAGE.format(
        title=entry.title,
        code=entry.code,
        meaning=" ".join(entry.meanings),
        advice=Markup().join(Markup("<p>{}</p>").format(one) for one in entry.advice),
        facts=Markup().join(Markup("<li>{}</li>").format(one) for one in facts(entry)),
    )
