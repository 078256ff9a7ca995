"""What can be asked of a timeline in the query: the format and a stretch of media time."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from assessment.faults import Invalid
from service.span import Span

LONGEST_MS: Final = 2**31 - 1


class TimelineFormat(StrEnum):
    """The timeline's formats, the first of them unless another is asked for."""

    JSONL = "jsonl"
    CSV = "csv"
    VTT = "vtt"


MEDIA_TYPES: Final = {
    TimelineFormat.JSONL: "application/jsonl",
    TimelineFormat.CSV: "text/csv",
    TimelineFormat.VTT: "text/vtt",
}
Milliseconds = Annotated[int, Field(ge=0, le=LONGEST_MS)]


class SpanQuery(BaseModel):
    """A stretch of media time in a query; unknown parameters are refused."""

    model_config = ConfigDict(extra="forbid")

    from_ms: Milliseconds | None = Field(
        None, description="Leave out what is before, in media time.", examples=[60_000]
    )
    to_ms: Milliseconds | None = Field(
        None, description="Leave out what is at or after, in media time.", examples=[120_000]
    )

    def span(self) -> Span:
        """Return the stretch, or raise `Invalid` when it is empty."""
        if self.from_ms is not None and self.to_ms is not None and self.to_ms <= self.from_ms:
            raise Invalid("is not after from_ms", pointer="/query/to_ms")
        return Span(self.from_ms, self.to_ms)


class TimelineQuery(SpanQuery):
    """The query of `GET …/timeline`."""

    format: TimelineFormat | None = Field(None, description="The format; goes before `Accept`.")
