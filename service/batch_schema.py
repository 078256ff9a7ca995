"""A batch as it is sent, for checking it and for the OpenAPI document."""

from typing import Any, Final

from pydantic import Field

from service.values import Strict

MOST_ITEMS: Final = 100


class BatchOptions(Strict):
    """Up to 100 requests; each is checked and answered on its own."""

    assessments: list[Any] = Field(
        min_length=1,
        max_length=MOST_ITEMS,
        json_schema_extra={"items": {"$ref": "#/components/schemas/AssessmentOptions"}},
        description="What is asked, each with a `source`.",
        examples=[[{"source": {"url": "https://example.org/visit-17.mp4"}}]],
    )
