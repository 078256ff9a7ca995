"""What is asked of `/v1/webhook-endpoints`, as pydantic checks it."""

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from assessment.endpoints import LONGEST_OVERLAP_S, OVERLAP_S
from service.schema_rules import ADDRESS_PATTERN, WEBHOOK_KEY_PATTERN
from service.values import EventNames, PlainText, Strict

Url = Annotated[
    str,
    StringConstraints(max_length=2048),
    Field(json_schema_extra={"pattern": ADDRESS_PATTERN}),
]
Secret = Annotated[
    str,
    StringConstraints(max_length=128),
    Field(json_schema_extra={"pattern": WEBHOOK_KEY_PATTERN}),
]
Words = Annotated[PlainText, StringConstraints(max_length=200)]

URL_TOLD: Final = "A public https address; events of all assessments of this tenant are sent to it."
EVENTS_TOLD: Final = "Which endings are told; all when empty."
WORDS_TOLD: Final = (
    "Your words for what it is. They are kept with the endpoint: nothing about patients belongs "
    "here, nor into the address."
)


class EndpointOptions(Strict):
    """The endpoint that is asked for."""

    url: Url = Field(description=URL_TOLD, examples=["https://example.org/mien"])
    events: EventNames = Field(default_factory=list, description=EVENTS_TOLD)
    description: Words = Field("", description=WORDS_TOLD, examples=["booking backend"])
    enabled: bool = Field(default=True, description="Whether anything is sent.")
    secret: Secret | None = Field(
        None, description="`whsec_` and base64 of 24 to 64 bytes; one is made when none is given."
    )


class EndpointChanges(Strict):
    """What is to be another way; a field that is absent stays as it is."""

    url: Url = Field(default_factory=str, description=URL_TOLD)
    events: EventNames = Field(default_factory=list, description=EVENTS_TOLD)
    description: Words = Field(default_factory=str, description=WORDS_TOLD)
    enabled: bool = Field(
        default_factory=bool,
        description="`true` begins anew with an endpoint that was disabled, by whomever.",
    )


class SecretRotation(Strict):
    """How the present secret gives way to another one."""

    overlap_s: int = Field(
        OVERLAP_S,
        ge=0,
        le=LONGEST_OVERLAP_S,
        description="Seconds during which both secrets sign; a day unless told.",
    )
    secret: Secret | None = Field(
        None, description="The new secret, like the first; one is made when none is given."
    )
