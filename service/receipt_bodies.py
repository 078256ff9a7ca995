"""The shapes of receipts and of the keys that sign them, for the OpenAPI document."""

from typing import Final, Literal

from pydantic import Field

from assessment.assessment import Outcome
from assessment.receipts import Kind
from assessment.request import Analysis
from service.bodies import AssessmentIdValue, Timestamp
from service.result_bodies import Shape

_DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class Signed(Shape):
    """Who signed, and how."""

    version: Literal[1]
    sandbox: bool = Field(description="True: a test key's; nothing was measured.")
    algorithm: Literal["Ed25519"]
    key_id: str = Field(description="Names a key of `/.well-known/mien-receipt-keys.json`.")
    signature: str = Field(
        description="Ed25519 over the canonical form (RFC 8785) of all other members; base64url."
    )


class ReceiptModel(Shape):
    """A network that was asked, or whose output another one took."""

    name: str
    version: str
    sha256: str


class ReceiptReason(Shape):
    """An analysis, or one network of it, without a number."""

    analysis: Analysis
    model: str | None
    code: str = Field(examples=["usable_face_time_short"])


class AssessmentReceipt(Signed):
    """What was done to which bytes, by what. No score, no reference, nothing of the person."""

    kind: Literal[Kind.ASSESSMENT]
    assessment_id: AssessmentIdValue
    created_at: Timestamp
    ended_at: Timestamp
    outcome: Outcome
    withheld: list[ReceiptReason]
    video_sha256: str | None = Field(
        description="Of the recording as it arrived; null for what was not even fetched."
    )
    settings_sha256: str = Field(description="Of what was asked that can change a result.")
    models: list[ReceiptModel]
    software: str
    result_sha256: str = Field(
        description="SHA-256 of the canonical form (RFC 8785) of `result`.",
        examples=[_DIGEST],
    )


class ReceiptKeyBody(Shape):
    """A public key as a JWK (RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    kid: str = Field(description="The key's thumbprint (RFC 7638).")
    x: str = Field(description="The 32 bytes of the key; base64url.")
    use: Literal["sig"]
    alg: Literal["EdDSA"]
    signs_from: Timestamp
    signs_until: Timestamp | None = Field(
        description="It signed nothing that happened then or later; null while no newer key is set."
    )


class ReceiptKeySet(Shape):
    """Every key that ever signed a receipt here, or is going to; the oldest first."""

    keys: list[ReceiptKeyBody]
