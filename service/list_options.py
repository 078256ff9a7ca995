"""What can be asked of `GET /v1/assessments`, as pydantic checks the query."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from assessment.assessment import Outcome, Status

USUAL_LIMIT: Final = 20
MOST: Final = 100


def _rfc3339(value: str) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("is no time after RFC 3339; in a query `+` is written `%2B`") from None
    if at.tzinfo is None:
        raise ValueError("is a time without its offset from UTC")
    return value


Moment = Annotated[str, StringConstraints(max_length=40), AfterValidator(_rfc3339)]
_DATE_TIME: Final[dict[str, JsonValue]] = {"format": "date-time"}


class ListOptions(BaseModel):
    """The query; an unknown parameter is an error."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, protected_namespaces=()
    )

    limit: int = Field(USUAL_LIMIT, ge=1, le=MOST, description="Most assessments in one page.")
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None = Field(
        None, description="`next_cursor` of the page before. It carries the filters."
    )
    status: Status | None = Field(None, description="Only those with this status.")
    outcome: Outcome | None = Field(None, description="Only those with this outcome.")
    created_after: Moment | None = Field(
        None,
        description="Only those created at this time or later.",
        json_schema_extra=_DATE_TIME,
    )
    created_before: Moment | None = Field(
        None, description="Only those created before this time.", json_schema_extra=_DATE_TIME
    )
    reference: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None, description="Only those with this reference, letter by letter."
    )
