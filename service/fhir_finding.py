"""One Observation to be, before a release of FHIR and an assessment are known."""

from dataclasses import dataclass

from service.fhir_codes import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One Observation to be: `body` holds its own elements, `members` the keys below it.

    Without a `model`, it is the software's own.
    """

    key: str
    body: Resource
    model: str | None = None
    notes: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    demonstration: bool = False
