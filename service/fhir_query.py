"""Which release of FHIR is asked for: in the query, or as `fhirVersion` in `Accept`."""

from dataclasses import dataclass
from typing import Final

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from service.accepts import preferred
from service.faults import NotAcceptable
from service.fhir import VERSIONS, Release
from service.negotiation import JSON, negotiated

FHIR_JSON: Final = "application/fhir+json"
MEDIA_TYPES: Final = {
    release: f"{FHIR_JSON}; fhirVersion={version}" for release, version in VERSIONS.items()
}
_MARKED: Final = {f"{FHIR_JSON}.{version}": release for release, version in VERSIONS.items()}
"""What `Accept` is taken to say where it names a version: a media type of its own."""


class FhirQuery(BaseModel):
    """The query of `GET …/fhir`; unknown parameters are refused."""

    model_config = ConfigDict(extra="forbid")

    release: Release | None = Field(
        None, description="The release of FHIR, R5 unless told; goes before `Accept`."
    )


@dataclass(frozen=True, slots=True)
class Form:
    """How a result is to be written."""

    release: Release
    media_type: str


def form_asked(request: Request, query: FhirQuery) -> Form:
    """Return how to write the result, or raise `NotAcceptable`."""
    if query.release is not None:
        return _form(query.release, negotiated(request, (FHIR_JSON, JSON)))
    accept = ",".join(map(_marked, ",".join(request.headers.getlist("accept")).split(",")))
    wanted = preferred(accept, (FHIR_JSON, JSON, *_MARKED))
    if wanted is None:
        raise NotAcceptable((*MEDIA_TYPES.values(), JSON))
    return _form(_MARKED.get(wanted, Release.R5), wanted)


def _form(release: Release, wanted: str) -> Form:
    return Form(release, JSON if wanted == JSON else MEDIA_TYPES[release])


def _marked(element: str) -> str:
    """Return the element of `Accept`, the version it names as a part of the media type."""
    media_range, *parameters = (part.strip() for part in element.split(";"))
    if media_range.lower() != FHIR_JSON:
        return element
    pairs = {
        name.strip().lower(): value.strip().strip('"')
        for name, _, value in (parameter.partition("=") for parameter in parameters)
    }
    version = pairs.pop("fhirversion", None)
    if version is None:
        return element
    weight = f";q={pairs['q']}" if "q" in pairs else ""
    return f"{FHIR_JSON}.{'.'.join(version.split('.')[:2])}{weight}"
