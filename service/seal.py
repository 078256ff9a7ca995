"""What only this service can have written: digests of references, and sealed texts.

The key is a file in the data folder. Whoever sees the store alone can neither guess a
reference from its digest, nor make up a cursor.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

from assessment.assessment import Tenant

TAG_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Seal:
    """Digests and seals, each for one tenant and one purpose."""

    key: bytes = field(repr=False)

    def reference_digest(self, tenant: Tenant, reference: str) -> str:
        """Return what stands for the reference where its words must not be."""
        return self._code("reference", tenant, reference.encode(errors="surrogatepass")).hex()

    def digest(self, purpose: str, tenant: Tenant, content: bytes) -> str:
        """Return what stands for the content, for that purpose only, where it must not be."""
        return self._code(purpose, tenant, content).hex()

    def sealed(self, tenant: Tenant, content: bytes) -> str:
        """Return the content and proof of its origin, in letters that a URL holds as they are."""
        tag = self._code("sealed", tenant, content)[:TAG_BYTES]
        return base64.urlsafe_b64encode(tag + content).rstrip(b"=").decode()

    def opened(self, tenant: Tenant, token: str) -> bytes | None:
        """Return the content of a token, or None when `sealed` did not write it for the tenant."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        content = raw[TAG_BYTES:]
        genuine = hmac.compare_digest(self.sealed(tenant, content).encode(), token.encode())
        return content if genuine else None

    def _code(self, purpose: str, tenant: Tenant, content: bytes) -> bytes:
        told = b"\0".join((purpose.encode(), tenant.encode(), content))
        return hmac.digest(self.key, told, hashlib.sha256)
