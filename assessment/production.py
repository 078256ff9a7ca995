"""What must be in place before anything runs with `MIEN_MODE=production`.

Every shortcoming is told at once, by the name of its setting; one is enough to refuse the start.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from assessment.access import LIVE_PREFIX, TEST_PREFIX
from assessment.faults import Misconfigured
from assessment.licensing import DETECTOR, KNOWN_DETECTORS, unlicensed
from assessment.manifest import Manifest

log = logging.getLogger(__name__)

SHORTEST_KEY: Final = 32
FEWEST_CHARACTERS: Final = 12
"""Different ones in a key; 32 random characters of 64 have fewer once in 10 million."""


def require(shortcomings: Iterable[str]) -> None:
    """Raise `Misconfigured` with all of them, if there are any."""
    found = list(shortcomings)
    if found:
        raise Misconfigured("MIEN_MODE=production: " + "; ".join(found))


def weigh(shortcomings: Iterable[str], *, binding: bool) -> None:
    """Raise `Misconfigured` with all of them where they bind; elsewhere, warn of each."""
    found = list(shortcomings)
    if binding:
        require(found)
    for one in found:
        log.warning("%s", one)


def of_the_store(*, keeps_writes: bool | None) -> Iterator[str]:
    """Yield that Redis forgets when it ends; None is a Redis that does not say."""
    if keeps_writes is False:
        yield (
            "Redis keeps no append-only file (`appendonly no`): when it ends, every assessment, key"
            " and webhook in it is lost; start it with `appendonly yes`"
        )


def of_the_service(
    *, public_url: str | None, api_key: str | None, allow_loopback: bool
) -> Iterator[str]:
    """Yield what would put callers and their data at risk."""
    if not _public(public_url):
        yield (
            "MIEN_PUBLIC_URL must be the https address at which callers reach the service, "
            "behind the proxy that terminates TLS"
        )
    if api_key is None:
        yield "MIEN_API_KEY is not set"
    elif api_key.startswith(TEST_PREFIX):
        yield f"MIEN_API_KEY begins with {TEST_PREFIX}, as keys do that never measure anybody"
    elif not strong(api_key):
        yield (
            f"MIEN_API_KEY is weak: {SHORTEST_KEY} random characters or more "
            "(`python -c 'import secrets; print(secrets.token_urlsafe(32))'`)"
        )
    yield from of_the_way_out(allow_loopback=allow_loopback)


def of_the_way_out(*, allow_loopback: bool) -> Iterator[str]:
    """Yield what would let requests reach the machine's own network."""
    if allow_loopback:
        yield "MIEN_CALLBACK_ALLOW_LOOPBACK must be off: it is for the embedded stack only"


def of_the_weights(manifests: Mapping[str, Manifest]) -> Iterator[str]:
    """Yield the networks without a licence; one that forbids the use withholds its network only."""
    names = unlicensed(manifests.values())
    if names:
        yield f"the manifest of {', '.join(names)} does not say what its licence allows"


def of_measuring(
    manifests: Mapping[str, Manifest], detector: Path, licences: Mapping[str, str]
) -> Iterator[str]:
    """Yield what a worker's weights fall short of."""
    yield from of_the_weights(manifests)
    yield from of_the_detector(_sha256_of(detector), licences)


def of_the_detector(sha256: str | None, licences: Mapping[str, str]) -> Iterator[str]:
    """Yield that the face detector has no known licence; no analysis can do without it."""
    if sha256 not in KNOWN_DETECTORS and not licences.get(DETECTOR):
        yield (
            "MIEN_DETECTOR has weights of unknown licence (those of InsightFace's packs are for "
            "non-commercial research): name the licence that you hold as "
            f'MIEN_LICENCES=\'{{"{DETECTOR}": "…"}}\''
        )


def strong(api_key: str) -> bool:
    """Return whether nobody will guess the key."""
    secret = api_key.removeprefix(LIVE_PREFIX).removeprefix(TEST_PREFIX)
    return len(secret) >= SHORTEST_KEY and len(set(secret)) >= FEWEST_CHARACTERS


def _public(url: str | None) -> bool:
    # `urlsplit` would drop line breaks and tabs, and what is written elsewhere has them still.
    if not url or any(one.isspace() or not one.isprintable() for one in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    return parts.scheme == "https" and bool(parts.hostname) and plain


def _sha256_of(file: Path) -> str | None:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return None
