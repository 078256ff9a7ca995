"""The assessment that a path names, if it is the caller's own."""

from typing import Annotated

from fastapi import Depends, Path

from assessment.assessment import Assessment
from service.auth import TenantOf
from service.desk import DeskOf

AssessmentIdOf = Annotated[
    str,
    Path(
        alias="id",
        description="The assessment's `id`.",
        examples=["asm_0123456789abcdef0123456789abcdef"],
    ),
]


def owned(tenant: TenantOf, desk: DeskOf, assessment_id: AssessmentIdOf) -> Assessment:
    """Return the assessment, or raise `NotFound` or `Gone`."""
    return desk.archive.find(tenant, assessment_id)


OwnedOf = Annotated[Assessment, Depends(owned)]
