"""What may be done at all with a request, decided before its recording is opened.

request ─▶ jurisdiction ─▶ consent ─▶ for every network: licence ─▶ evidence ─▶ applicability
               │ whole analysis  │              │ that network
               └─────────────────┴──────────────┴─▶ withheld; the rest is admitted

Only what is admitted is measured. What a recording carries is for `assessment.withholding`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from assessment import consent, licensing
from assessment.beyond import beyond, edge_notice
from assessment.jurisdiction import Jurisdictions
from assessment.manifest import Manifest
from assessment.measurement import Measurement, Media
from assessment.request import Analysis, AssessmentRequest
from assessment.result import Withheld

UNSEEN: Final = Measurement(Media(0, 0, "", "", 0, 0, 0.0, 0.0), (), {"total": 0})
"""What is measured when nothing is admitted: the recording is not opened."""
UNSEEN_NOTICE: Final = "Nothing was measured: the recording was erased unopened."


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator decided: licences held, by network, and rules by place."""

    licences: Mapping[str, str] = field(default_factory=dict[str, str])
    jurisdictions: Jurisdictions = field(default_factory=Jurisdictions)


@dataclass(frozen=True, slots=True)
class Admission:
    """The part of a request that may be done, and why the rest may not."""

    request: AssessmentRequest
    withheld: tuple[Withheld, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether every analysis is withheld."""
        return not self.request.analyses


@dataclass(frozen=True, slots=True)
class Gates:
    """The gates of one worker: its networks, its mode and what its operator decided."""

    manifests: Mapping[str, Manifest]
    production: bool = False
    policy: Policy = field(default_factory=Policy)

    def admit(self, request: AssessmentRequest) -> Admission:
        """Return what may be done; the same request is always told the same."""
        if not set(request.models) <= set(self.manifests):
            return Admission(request)  # It ends as `model_contract` before anything is scored.
        withheld: list[Withheld] = []
        admitted: dict[Analysis, list[Manifest]] = {}
        for analysis in request.analyses:
            asked = self._asked(analysis, request)
            reasons = self._reasons(analysis, asked, request)
            kept = [one for one in asked if one.name not in reasons]
            withheld += _told(list(reasons.values()), whole=not kept)
            if kept or not asked:
                admitted[analysis] = kept
        networks = [one for kept in admitted.values() for one in kept]
        names = tuple(one.name for one in networks)
        rest = replace(request, analyses=tuple(admitted), models=names)
        return Admission(rest, tuple(withheld), self._notices(networks, rest))

    def provenance(self) -> dict[str, object]:
        """Return what the operator decided, as a result says it."""
        return {
            "mode": "production" if self.production else "research",
            "licences": dict(sorted(self.policy.licences.items())),
            "jurisdictions_sha256": self.policy.jurisdictions.sha256,
        }

    def _asked(self, analysis: Analysis, request: AssessmentRequest) -> list[Manifest]:
        named = [self.manifests[name] for name in request.models]
        return [one for one in named if one.task == analysis]

    def _reasons(
        self, analysis: Analysis, asked: Sequence[Manifest], request: AssessmentRequest
    ) -> dict[str, Withheld]:
        """Return why networks may not speak, by name; one reason each, the weightiest first."""
        whole = self.policy.jurisdictions.blocked(analysis, request.context)
        if whole is None and self.production:
            whole = consent.missing(analysis, request.consent)
        if whole is not None:
            return {one.name: whole for one in asked}
        found = ((one.name, self._of_network(analysis, one, request)) for one in asked)
        return {name: reason for name, reason in found if reason is not None}

    def _of_network(
        self, analysis: Analysis, network: Manifest, request: AssessmentRequest
    ) -> Withheld | None:
        reason = self._of_weights(analysis, network) if self.production else None
        return reason or beyond(analysis, network, request.context, production=self.production)

    def _of_weights(self, analysis: Analysis, network: Manifest) -> Withheld | None:
        licences = self.policy.licences
        reason = licensing.forbidden(analysis, network, self.manifests, licences)
        return reason or unproven(analysis, network)

    def _notices(self, networks: Sequence[Manifest], rest: AssessmentRequest) -> tuple[str, ...]:
        edges = [edge_notice(one, rest.context) for one in networks]
        stated = rest.consent is not None and not self.production
        narrow = [one for one in rest.analyses if stated and not consent.covers(rest.consent, one)]
        told = consent.NARROW_NOTICE.format(analyses=", ".join(narrow)) if narrow else None
        unseen = None if rest.analyses else UNSEEN_NOTICE
        return tuple(one for one in (unseen, *edges, told) if one)


def unproven(analysis: Analysis, network: Manifest) -> Withheld | None:
    """Return why the network's numbers carry no weight in production, or None when they do.

    A severity takes evidence and calibration; an expression that is shown is no estimate of a
    state, so that weights which are no demonstration are enough.
    """
    lacking = network.evidence is None or network.calibration is None
    if not (network.demonstration or (analysis is Analysis.SEVERITY and lacking)):
        return None
    return Withheld(
        analysis,
        "model_not_validated",
        have=f"weights of {network.name} without clinical evidence",
        need="weights with evidence and calibration in their manifest",
        advice="The operator installs validated weights, or runs with MIEN_MODE=research.",
        model=network.name,
    )


def _told(reasons: Sequence[Withheld], *, whole: bool) -> Iterator[Withheld]:
    """Yield one reason a network, or a single one when nobody is left and all have the same."""
    if not (whole and len({one.code for one in reasons}) == 1):
        yield from reasons
        return
    haves = dict.fromkeys(one.have for one in reasons)
    needs = dict.fromkeys(one.need for one in reasons)
    yield replace(reasons[0], have="; ".join(haves), need="; ".join(needs), model=None)
