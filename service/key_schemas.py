"""The bodies of `/v1/keys`: what is asked, as pydantic checks it, and what is answered."""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from assessment.access import Scope
from service.bodies import Timestamp
from service.result_bodies import Shape
from service.schema_rules import UNIQUE
from service.values import ONCE_EACH, Strict

DAY_S: Final = 86_400
KeyIdValue = Annotated[str, Field(pattern=r"^key_[0-9a-f]{32}$")]


class Environment(StrEnum):
    """What a key reaches: the tenant's own assessments, or its sandbox."""

    LIVE = "live"
    TEST = "test"


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("has control characters")
    return value


class KeyOptions(Strict):
    """The key that is asked for."""

    name: Annotated[
        str, StringConstraints(min_length=1, max_length=64), AfterValidator(_printable)
    ] = Field(
        description="Your name for it, such as the program that uses it. It is kept with the "
        "key: nothing about patients belongs here.",
        examples=["booking backend"],
    )
    scopes: Annotated[list[Scope], ONCE_EACH, UNIQUE] = Field(
        min_length=1,
        description="`read`: GET and HEAD. `create`: every other method, and uploads whole. "
        "`admin`: both, and keys and webhook endpoints.",
        examples=[["create", "read"]],
    )
    environment: Environment | None = Field(
        None, description="Without it, that of the key which asks. A test key makes test keys."
    )
    expires_in_s: int | None = Field(
        None, ge=60, le=3650 * DAY_S, description="Seconds until it expires; never without it."
    )


class RotationOptions(Strict):
    """How the old key ends."""

    overlap_s: int = Field(
        DAY_S,
        ge=0,
        le=30 * DAY_S,
        description="Seconds that the old key still works; a day unless told.",
    )


class KeyBody(Shape):
    """A key, without what would let anybody in."""

    id: KeyIdValue
    name: str
    environment: Environment
    scopes: list[Scope]
    hint: str = Field(description="The last four characters.", examples=["x3Qk"])
    status: Literal["active", "expired"]
    created_at: Timestamp
    expires_at: Timestamp | None
    last_used_at: Timestamp | None = Field(description="Right to a minute.")
    replaced_by: KeyIdValue | None = Field(description="The key that a rotation made instead.")
    of_settings: bool = Field(description="Given by the operator's settings; they end it.")


class KeyIssuedBody(KeyBody):
    """A new key."""

    key: str = Field(
        description="What to send as `Authorization: Bearer …`. Shown this once and kept as a "
        "hash only.",
        examples=["sk_live_…"],
    )


class KeyList(Shape):
    """The keys of a tenant."""

    data: list[KeyBody]


class RevokedBody(Shape):
    """A key that nobody is let in with any more."""

    id: KeyIdValue
    revoked_at: Timestamp
