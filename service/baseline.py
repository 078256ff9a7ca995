"""The earlier assessment that a request names as its baseline: there, the caller's, the same's.

Nobody here knows who is seen. The caller's own `reference` says it, so both must carry the same
one, or none; the change between two patients would be a number that looks like a finding.
"""

from typing import Final

from assessment.assessment import Tenant
from assessment.faults import Gone, Invalid, NotFound
from assessment.request import AssessmentRequest
from service.archive import Archive
from service.choice import POINTER

BASELINE: Final = f"{POINTER}/baseline"


def check_baseline(archive: Archive, tenant: Tenant, request: AssessmentRequest) -> None:
    """Raise `Invalid` unless the baseline is an assessment of the tenant with this reference.

    One that was erased is let through, as it can be erased any time until the end, too: the
    result says so.
    """
    if request.baseline is None:
        return
    try:
        baseline = archive.find(tenant, request.baseline)
    except Gone:
        return
    except NotFound:
        raise Invalid("is none of your assessments", pointer=BASELINE) from None
    asked = archive.outline(baseline, None).request
    if asked is not None and asked.reference != request.reference:
        raise Invalid("has another `reference`", pointer=BASELINE)
