"""Receipts as their owner gets them: what is stated, and signed. Plain Python.

No score, no reference and no metadata is in them: whoever is shown a receipt learns what was
done to which bytes, and nothing of what was found beyond reported or withheld.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.ed25519 import encoded
from adapters.signed_document import canonical, digest, signed
from assessment.access import is_sandbox
from assessment.assessment import Assessment, AssessmentId, Tenant
from assessment.faults import NotReady
from assessment.ports import Clock
from assessment.receipts import VERSION, Kind, PublishedKey, ReceiptKeys
from service.answers import timestamp
from service.archive import Archive, Erased

NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "models": ("name", "version", "sha256"),
    "withheld": ("analysis", "model", "code"),
}
"""What is repeated of each network, and of each analysis without a number."""


@dataclass(frozen=True, slots=True)
class Notary:
    """States and signs."""

    archive: Archive
    keys: ReceiptKeys
    clock: Clock

    def of_assessment(self, assessment: Assessment) -> bytes:
        """Return the receipt in its canonical form, or raise `NotReady`.

        It is signed by the key that was in force when the assessment ended: the same bytes
        at every call, before a rotation of keys and after it.
        """
        result, ended_at = self.archive.result(assessment), assessment.ended_at
        if ended_at is None:
            raise NotReady
        provenance = result["provenance"]
        statement = {
            "kind": Kind.ASSESSMENT,
            "version": VERSION,
            "assessment_id": assessment.id,
            "sandbox": is_sandbox(assessment.tenant),
            "created_at": timestamp(assessment.created_at),
            "ended_at": timestamp(ended_at),
            "outcome": assessment.outcome,
            "withheld": _named("withheld", result["withheld"]),
            "video_sha256": provenance["video_sha256"],
            "settings_sha256": provenance["settings_sha256"],
            "models": _named("models", provenance["models"]),
            "software": provenance["software"],
            "result_sha256": digest(result),
        }
        return canonical(signed(statement, self.keys.signer(ended_at)))

    def of_deletion(self, assessment: Assessment, erased: Iterable[Erased]) -> dict[str, Any]:
        """Return the receipt of what was erased just now."""
        return self._erasure(Kind.DELETION, assessment.id, assessment.tenant, erased)

    def of_feedback_deletion(
        self, assessment_id: AssessmentId, tenant: Tenant, erased: Iterable[Erased]
    ) -> dict[str, Any]:
        """Return the receipt of feedback that was erased just now."""
        return self._erasure(Kind.FEEDBACK_DELETION, assessment_id, tenant, erased)

    def require_a_key(self) -> None:
        """Raise `Misconfigured` while nothing is erased yet that could not be signed for."""
        self.keys.signer(self.clock())

    def _erasure(
        self, kind: Kind, assessment_id: AssessmentId, tenant: Tenant, erased: Iterable[Erased]
    ) -> dict[str, Any]:
        at = self.clock()
        statement = {
            "kind": kind,
            "version": VERSION,
            "id": assessment_id,
            "sandbox": is_sandbox(tenant),
            "deleted_at": timestamp(at),
            "erased": [
                {"class": one.what, "at": timestamp(one.at) if one.at else None} for one in erased
            ],
        }
        return signed(statement, self.keys.signer(at))


def _named(what: str, entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: one.get(name) for name in NAMED[what]} for one in entries]


def key_set(published: Iterable[PublishedKey]) -> dict[str, Any]:
    """Return the keys as a JWK set (RFC 7517, RFC 8037), each with its time."""
    return {"keys": [_jwk(one) for one in published]}


def _jwk(published: PublishedKey) -> dict[str, Any]:
    key, until = published.key, published.signs_until
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "kid": key.id,
        "x": encoded(key.public),
        "use": "sig",
        "alg": "EdDSA",
        "signs_from": timestamp(key.signs_from),
        "signs_until": timestamp(until) if until else None,
    }
