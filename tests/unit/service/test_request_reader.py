"""The one spelling of a request: what an idempotency key is compared by."""

import hashlib
import json

from service.request_part import canonical
from service.schemas import AssessmentOptions

BEFORE_INCLUDE_FACES = "9ce53548704c769c76745698a66960def8f0171ee8d2d103769b301a4d30a460"
"""What the version before made of the request below."""


def spelt(**asked: object) -> bytes:
    return canonical(AssessmentOptions.model_validate_json(json.dumps(asked)))


def test_a_request_that_was_sent_before_an_upgrade_is_the_same_one_after_it():
    again = spelt(reference="visit-7", analyses=["severity"])

    assert hashlib.sha256(again).hexdigest() == BEFORE_INCLUDE_FACES


def test_what_is_asked_for_since_makes_another_request():
    consent = {
        "policy_version": "7",
        "obtained_at": "2026-01-01T12:00:00Z",
        "scopes": ["include_faces"],
    }

    assert spelt(include_faces=True, consent=consent) != spelt(consent=consent)
    assert spelt(include_faces=False) == spelt()
