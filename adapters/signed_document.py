"""JSON documents that are signed: canonical form after RFC 8785, Ed25519 over it."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

from adapters.ed25519 import decoded, encoded, is_signed
from assessment.receipts import ALGORITHM, SIGNATURE, Signer


def canonical(document: Any) -> bytes:
    """Return the one spelling that equal JSON values share; raises `ValueError` for no value."""
    return rfc8785.dumps(document)


def digest(document: Any) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()


def signed(statement: Mapping[str, Any], signer: Signer) -> dict[str, Any]:
    """Return the statement with the name of the key and its signature."""
    named = {**statement, "algorithm": ALGORITHM, "key_id": signer.key_id}
    return {**named, SIGNATURE: encoded(signer.sign(canonical(named)))}


def is_genuine(document: Mapping[str, Any], public: bytes) -> bool:
    """Return whether the key of these 32 bytes signed all of the document."""
    rest = {name: value for name, value in document.items() if name != SIGNATURE}
    signature = document.get(SIGNATURE)
    raw = decoded(signature) if isinstance(signature, str) else None
    return raw is not None and is_signed(public, raw, canonical(rest))
