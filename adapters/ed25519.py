"""Ed25519 (RFC 8032) keys of receipts: seeds, PEM files, thumbprints, signatures."""

import base64
import binascii
import hashlib
import json
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from assessment.faults import Misconfigured

PUBLIC_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64


def encoded(content: bytes) -> str:
    """Return base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes | None:
    """Return what `encoded` made the text of; None for every other spelling of anything."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if encoded(content) == text else None


def new_seed() -> bytes:
    """Return a new private key as 32 bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_of(seed: bytes) -> bytes:
    """Return the public half, 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, content: bytes) -> bytes:
    """Return the signature, 64 bytes; the same content gives the same signature."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(content)


def is_signed(public: bytes, signature: bytes, content: bytes) -> bool:
    """Return whether the key's private half signed the content."""
    if len(public) != PUBLIC_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def thumbprint(public: bytes) -> str:
    """Return the key's name: the SHA-256 of its JWK (RFC 7638, RFC 8037)."""
    required = {"crv": "Ed25519", "kty": "OKP", "x": encoded(public)}
    written = json.dumps(required, separators=(",", ":"), sort_keys=True).encode()
    return encoded(hashlib.sha256(written).digest())


def seed_of_pem(content: bytes) -> bytes:
    """Return the private key of a PEM file without a password, or raise `Misconfigured`."""
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Misconfigured("MIEN_RECEIPT_KEY is no PEM file of an open private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Misconfigured("the key of MIEN_RECEIPT_KEY is not an Ed25519 key")
    return key.private_bytes_raw()
