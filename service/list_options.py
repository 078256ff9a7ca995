"""What can be asked of `GET /v1/assessments`, as pydantic checks the query."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from assessment.assessment import Outcome, Status
from service.values import Time

USUAL_LIMIT: Final = 20
MOST: Final = 100


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
    created_after: Time | None = Field(
        None,
        description="Only those created at this time or later.",
    )
    created_before: Time | None = Field(None, description="Only those created before this time.")
    reference: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None, description="Only those with this reference, letter by letter."
    )
