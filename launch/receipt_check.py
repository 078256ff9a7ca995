"""Whether a receipt is genuine. Needs the receipt and the public keys, and no service.

bytes ─▶ strict JSON ─▶ a kind we know? ─▶ key known? ─▶ signature right? ─▶ in the key's time?
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn

from pydantic import BaseModel

from adapters.ed25519 import decoded, thumbprint
from adapters.signed_document import digest, is_genuine
from assessment.receipts import ALGORITHM, VERSION, Kind, PublishedKey, ReceiptKey
from launch.faults import NotChecked, NotVerified
from service.bodies import Receipt
from service.receipt_bodies import AssessmentReceipt

MOST_BYTES: Final = 64 * 2**20
SHAPES: Final[Mapping[str, type[BaseModel]]] = {
    Kind.ASSESSMENT: AssessmentReceipt,
    Kind.DELETION: Receipt,
    Kind.FEEDBACK_DELETION: Receipt,
}
"""What the service promises of each kind."""


@dataclass(frozen=True, slots=True)
class Genuine:
    """A receipt that was signed as it is, and the key that signed it."""

    receipt: Mapping[str, Any]
    signed_by: PublishedKey


def check(content: bytes, keys: Sequence[PublishedKey]) -> Genuine:
    """Return the receipt if one of the keys signed all of it, else raise `NotVerified`."""
    receipt = read_object(content)
    kind = receipt.get("kind")
    known = isinstance(kind, str) and kind in SHAPES and receipt.get("algorithm") == ALGORITHM
    if not known or receipt.get("version") != VERSION:
        raise NotVerified("it is not a receipt of a kind that this release knows")
    published = next((one for one in keys if one.key.id == receipt.get("key_id")), None)
    if published is None:
        raise NotVerified("it names a key that is not among these keys")
    try:
        genuine = is_genuine(receipt, published.key.public)
    except (ValueError, RecursionError):
        genuine = False  # It has values that no canonical form can hold.
    if not genuine:
        raise NotVerified("the signature is not that of its content: something was changed")
    try:
        SHAPES[str(kind)].model_validate(receipt)
        at = _time(receipt.get("ended_at") or receipt["deleted_at"])
    except ValueError:
        raise NotVerified("it is signed, but not as this release writes receipts") from None
    _require_in_time(at, published)
    return Genuine(receipt, published)


def _require_in_time(at: datetime, published: PublishedKey) -> None:
    until = published.signs_until
    if until is not None and at >= until:
        said = f"its key signs nothing from {until.isoformat()} on, and it is of {at.isoformat()}"
        raise NotVerified(said)


def check_result(genuine: Genuine, content: bytes) -> None:
    """Raise `NotVerified` unless the saved result, or assessment, is the one of the receipt."""
    saved = read_object(content)
    promised = genuine.receipt.get("result_sha256")
    if promised is None:
        raise NotVerified("a receipt of a deletion says nothing of a result")
    whole = isinstance(saved.get("result"), dict)
    if whole and saved.get("id") != genuine.receipt["assessment_id"]:
        raise NotVerified("what was saved is another assessment")
    try:
        matches = digest(saved["result"] if whole else saved) == promised
    except (ValueError, RecursionError):
        matches = False
    if not matches:
        raise NotVerified("the receipt is genuine, but the saved result is not the one it is for")


def read_object(content: bytes) -> dict[str, Any]:
    """Return the JSON object, read so that two readers cannot see two things in it."""
    if len(content) > MOST_BYTES:
        raise NotVerified("it is too large to be what mien writes")
    try:
        document = json.loads(
            content.decode(), parse_constant=_refuse, object_pairs_hook=_without_repetition
        )
    except (ValueError, RecursionError):
        raise NotVerified("it is not JSON, or repeats a name") from None
    if not isinstance(document, dict):
        raise NotVerified("it is not a JSON object")
    return document


def _refuse(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is repeated")
    return found


def keys_of(content: bytes) -> list[PublishedKey]:
    """Return the keys of a JWK set as mien publishes it, or raise `NotChecked`."""
    try:
        keys = [_key(one) for one in json.loads(content.decode())["keys"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotChecked("the keys are not a key set of mien") from error
    return keys


def _key(jwk: Mapping[str, Any]) -> PublishedKey:
    public, until = decoded(jwk["x"]), jwk["signs_until"]
    if (jwk["kty"], jwk["crv"]) != ("OKP", ALGORITHM) or public is None:
        raise ValueError("it is no Ed25519 key")
    if jwk["kid"] != thumbprint(public):
        raise ValueError("a key's name is the thumbprint of another key")
    key = ReceiptKey(id=jwk["kid"], public=public, signs_from=_time(jwk["signs_from"]))
    return PublishedKey(key, _time(until) if until else None)


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time lacks its offset from UTC")
    return at
