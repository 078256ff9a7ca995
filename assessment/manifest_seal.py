"""The digest of a manifest, inside of it: what was edited by hand or cut short is noticed.

    {…, "seal": SHA-256 over everything else as JSON, keys sorted, no spaces, UTF-8}

It shows that a manifest is as the build wrote it. It is no signature: whoever can write the folder
can seal a forgery. Against that stand the folder's permissions and the golden scores.
"""

import hashlib
import hmac
import json
from typing import Any, Final

SEAL: Final = "seal"


def seal_of(document: dict[str, Any]) -> str:
    """Return the digest of a manifest, whether it has a seal or not."""
    unsealed = {name: value for name, value in document.items() if name != SEAL}
    text = json.dumps(unsealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest with its seal at the end."""
    unsealed = {name: value for name, value in document.items() if name != SEAL}
    return {**unsealed, SEAL: seal_of(document)}


def is_broken(document: dict[str, Any]) -> bool:
    """Say whether there is a seal, of whatever kind, and the manifest is not what was sealed."""
    if SEAL not in document:
        return False
    return not hmac.compare_digest(str(document[SEAL]).encode(), seal_of(document).encode())
