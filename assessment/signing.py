"""Signatures after Standard Webhooks 1.0 (https://www.standardwebhooks.com).

The signed bytes are `id.timestamp.body`, the signature HMAC-SHA256 in base64.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Final

from assessment.faults import Invalid

SECRET_PREFIX: Final = "whsec_"  # noqa: S105  a public prefix, no secret
SECRET_BYTES: Final = range(24, 65)


def secret_bytes(secret: str) -> bytes:
    """Return the key behind a `whsec_…` secret, or raise `Invalid`."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("a webhook secret is `whsec_` and base64") from error
    if not secret.startswith(SECRET_PREFIX) or len(key) not in SECRET_BYTES:
        raise Invalid("a webhook secret is `whsec_` and base64 of 24 to 64 bytes")
    return key


def new_secret(randomness: bytes) -> str:
    """Return a secret made of 24 to 64 random bytes."""
    return SECRET_PREFIX + base64.b64encode(randomness).decode()


def signed_headers(message_id: str, timestamp: int, body: bytes, *secrets: str) -> dict[str, str]:
    """Return the three headers of a delivery; `timestamp` is whole seconds since 1970.

    While a secret is rotated there are two, and as many signatures, a space between them.
    """
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(signed, secret) for secret in secrets),
    }


def _signature(signed: bytes, secret: str) -> str:
    digest = hmac.new(secret_bytes(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()
