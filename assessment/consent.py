"""Whether the person agreed to an analysis, as the platform states it.

A consent covers an analysis when its `scopes` hold the analysis' name. Other scopes are the
platform's own words and open nothing: agreeing to be filmed is not agreeing to be measured. Nor is
that agreeing to have pictures of one's face kept, for which there is a scope of its own.
"""

from typing import Final

from assessment.request import Analysis, Consent
from assessment.result import Withheld

FACES: Final = "include_faces"
"""What a consent must name before pictures of the face are kept, in every mode."""
NARROW_NOTICE: Final = (
    "The consent that was stated does not name: {analyses}. In production they would be withheld."
)


def agreed_to(consent: Consent | None, scope: str) -> bool:
    """Return whether there is a consent, and it names the scope."""
    return consent is not None and scope in consent.scopes


def covers(consent: Consent | None, analysis: Analysis) -> bool:
    """Return whether the consent names the analysis."""
    return agreed_to(consent, analysis)


def missing(analysis: Analysis, consent: Consent | None) -> Withheld | None:
    """Return why the analysis may not be done, or None when the person agreed to it."""
    if covers(consent, analysis):
        return None
    return Withheld(
        analysis,
        "consent_missing",
        have="no consent stated" if consent is None else f"a consent that does not name {analysis}",
        need=f"`consent` with `{analysis}` in its `scopes`",
        advice="Ask the person, then state their consent in the request and send it again.",
    )
