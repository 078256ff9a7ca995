"""Examples of receipts and feedback, by schema; a test verifies their signatures.

The key is the one that RFC 8037 prints in its appendix A, private half and all: it signs nothing.
"""

from collections.abc import Mapping
from typing import Any, Final

ASSESSMENT: Final = "asm_0123456789abcdef0123456789abcdef"
_DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_SIGNED: Final[dict[str, Any]] = {
    "version": 1,
    "sandbox": False,
    "algorithm": "Ed25519",
    "key_id": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
}
_FEEDBACK: Final[dict[str, Any]] = {
    "assessment_id": ASSESSMENT,
    "instrument": "bdi_ii",
    "total": 21,
    "obtained_at": "2026-11-20T09:30:00Z",
    "received_at": "2026-11-22T14:00:00Z",
    "erase_at": "2027-11-22T14:00:00Z",
    "reported": [
        {
            "model": "hmhn",
            "version": "1",
            "sha256": _DIGEST,
            "demonstration": True,
            "point": 18.4,
            "low": 9.1,
            "high": 27.7,
            "level": 0.9,
        }
    ],
}

RECEIPT_EXAMPLES: Final[Mapping[str, Any]] = {
    "Receipt": {
        "kind": "deletion",
        "id": ASSESSMENT,
        "deleted_at": "2026-11-23T08:00:00Z",
        "erased": [
            {"class": "recording", "at": "2026-11-22T12:00:30Z"},
            {"class": "request", "at": "2026-11-23T08:00:00Z"},
            {"class": "result", "at": "2026-11-23T08:00:00Z"},
            {"class": "timeline", "at": "2026-11-23T08:00:00Z"},
        ],
        **_SIGNED,
        "signature": "qrJjI24AVW5wLFPZ2HeY8EycGNl0SVKkeIZ7CH3QtIzN1L2P85BmUVXwTvFbkkyy8ivjJDEnc7vVD"
        "tq6LJ9lDQ",
    },
    "AssessmentReceipt": {
        "kind": "assessment",
        "assessment_id": ASSESSMENT,
        "created_at": "2026-11-22T12:00:00Z",
        "ended_at": "2026-11-22T12:00:31Z",
        "outcome": "withheld",
        "withheld": [
            {"analysis": analysis, "model": None, "code": "no_face"}
            for analysis in ("severity", "expression")
        ],
        "video_sha256": _DIGEST,
        "settings_sha256": _DIGEST,
        "models": [{"name": "hmhn", "version": "1", "sha256": _DIGEST}],
        "software": "mien 0.1.0",
        "result_sha256": _DIGEST,
        **_SIGNED,
        "signature": "JZqfjtc42mj3IhFQ893VpSsMDKGtKC0IONw76tqZUxWuvV2xIRws4pv6aXSbWWMRI5mRRx0yueD4W"
        "eUyddn2Dg",
    },
    "ReceiptKeySet": {
        "keys": [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "kid": _SIGNED["key_id"],
                "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                "use": "sig",
                "alg": "EdDSA",
                "signs_from": "2026-11-01T00:00:00Z",
                "signs_until": None,
            }
        ]
    },
    "FeedbackOptions": {
        "instrument": "bdi_ii",
        "total": 21,
        "obtained_at": "2026-11-20T09:30:00Z",
    },
    "FeedbackBody": _FEEDBACK,
    "FeedbackList": {"data": [_FEEDBACK]},
}
