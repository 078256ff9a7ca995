"""`GET /models/{name}`: a network's card for people, as a printed report points to it."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse

from service.covered_face import covered_face
from service.description import problems_of
from service.desk import DeskOf
from service.faults import NoSuchPath
from service.model_cards import PATH, ModelCard
from service.pages import answered, rendered

router = APIRouter(prefix=PATH, tags=["models"])


@router.get(
    "/{name}",
    operation_id="getModelCard",
    summary="Read the card of a network",
    response_class=HTMLResponse,
    responses=problems_of(404),
)
def read(
    desk: DeskOf,
    name: Annotated[str, Path(description="A network's `name`.", examples=["hmhn"])],
) -> HTMLResponse:
    """Return one page for people: what it is for, its limits, what was proved; no key is needed."""
    manifest = desk.catalogue.manifests.get(name)
    if manifest is None:
        raise NoSuchPath
    return answered(page(ModelCard.of(manifest)))


def page(card: ModelCard) -> str:
    """Return the card as a page."""
    return rendered("model_card.html.j2", card=card, covered=covered_face(card.covered))
