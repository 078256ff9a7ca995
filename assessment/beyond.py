"""Why a network may not speak about somebody whom it was not tried on, and when it is near that."""

from collections.abc import Iterable
from typing import Final

from assessment.applicability import AGE, SETTING, Finding, Standing
from assessment.manifest import Manifest
from assessment.request import Analysis, Context
from assessment.result import Withheld

EDGE_NOTICE: Final = "{network} is at the edge of what it was tried on: {facts}."
STATE_IT: Final = "State {fields} in the request and send it again."
LEAVE_IT: Final = "Ask for a network that was tried on such recordings, or do without one."


def beyond(
    analysis: Analysis, network: Manifest, context: Context | None, *, production: bool
) -> Withheld | None:
    """Return why the network was not tried on such a person or place, or None when it was.

    In production it has to be stated; elsewhere what is not stated is told as an edge.
    """
    found = [
        one
        for one in network.applicability.findings(context)
        if one.standing is Standing.OUT or (production and not one.stated)
    ]
    if not found:
        return None
    return Withheld(
        analysis,
        "out_of_applicability",
        have=", ".join(_have(one, context) for one in found),
        need=", ".join(one.slice.need for one in found),
        advice=_advice(found),
        model=network.name,
    )


def edge_notice(network: Manifest, context: Context | None) -> str | None:
    """Return what must be told beside a number from the edge, or None when there is no need."""
    edges = [
        one.slice.plain_name if one.stated else f"{one.slice.plain_name} (not stated)"
        for one in network.applicability.findings(context)
        if one.standing is Standing.EDGE
    ]
    return EDGE_NOTICE.format(network=network.name, facts=", ".join(edges)) if edges else None


def _have(finding: Finding, context: Context | None) -> str:
    name = finding.slice.plain_name
    if not finding.stated:
        return f"no {name} stated"
    if finding.slice.name == SETTING:
        return "another setting"  # The caller's own words are not repeated.
    stated = getattr(context, finding.slice.name)
    return f"an age of {stated} years" if finding.slice.name == AGE else f"{name} {stated}"


def _advice(found: Iterable[Finding]) -> str:
    fields = [f"`context.{one.slice.name}`" for one in found if not one.stated]
    return STATE_IT.format(fields=" and ".join(fields)) if fields else LEAVE_IT
