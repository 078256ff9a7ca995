"""Which addresses a callback may name and reach: the guard against request forgery (SSRF).

`ipaddress.is_global` is no such guard: it passes NAT64, multicast and more. What is
allowed is listed, everything else refused.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from assessment.faults import CallbackNotAllowed, SourceNotAllowed

LONGEST_URL: Final = 2048
ALLOWED_PORTS: Final = (None, 443, 8443)
_V4_REFUSED: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_V6_ALLOWED: Final = ipaddress.IPv6Network("2000::/3")
_V6_REFUSED: Final = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_NAME: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}")
_PRIVATE_NAMES: Final = re.compile(
    r"(?:.*\.)?(?:localhost|local|localdomain|internal|home\.arpa|onion)"
)
"""Names that lead nowhere on the public internet, by RFC 6761, 6762, 7686, 8375 and ICANN."""
_FORBIDDEN_CHARACTERS: Final = re.compile(r"[^\x21-\x7e]|\\")


class NotAllowed(ValueError):
    """Why an address may not be called."""


def public(address: str) -> bool:
    """Return whether the literal address is a host of the public internet."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _V4_REFUSED)
    if parsed.ipv4_mapped is not None:
        return public(str(parsed.ipv4_mapped))
    refused = any(parsed in network for network in _V6_REFUSED)
    return parsed in _V6_ALLOWED and not refused and parsed.scope_id is None


def loopback(address: str) -> bool:
    """Return whether the literal address is this machine's own."""
    return ipaddress.ip_address(address).is_loopback


def check_callback_url(url: str, *, allow_loopback: bool) -> None:
    """Raise `CallbackNotAllowed` unless a callback may be sent to the address."""
    try:
        check_url(url, allow_loopback=allow_loopback)
    except NotAllowed as refusal:
        raise CallbackNotAllowed(
            f"the callback is refused: {refusal}", pointer="/request/callback/url"
        ) from None


def check_source_url(url: str, *, allow_loopback: bool) -> None:
    """Raise `SourceNotAllowed` unless a recording may be fetched from the address."""
    try:
        check_url(url, allow_loopback=allow_loopback)
    except NotAllowed as refusal:
        raise SourceNotAllowed(
            f"the source is refused: {refusal}", pointer="/request/source/url"
        ) from None


def check_url(url: str, *, allow_loopback: bool) -> None:
    """Raise `NotAllowed` unless the address may be called.

    https on port 443 or 8443 to a public name or address; with `allow_loopback` (the
    embedded stack only) also this machine, on any port and by http. Names are checked
    again by what they resolve to.
    """
    parts = _split(url)
    schemes = {"https", "http"} if allow_loopback else {"https"}
    if parts.scheme not in schemes:
        raise _refused(f"the scheme is not {' or '.join(sorted(schemes))}")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _refused("it has a user name, a password or a fragment")
    host = parts.hostname or ""
    if allow_loopback and _names_loopback(host):
        return
    if parts.scheme != "https" or parts.port not in ALLOWED_PORTS:
        raise _refused("beyond this machine it must be https on port 443 or 8443")
    _check_host(host)


def _refused(reason: str) -> NotAllowed:
    return NotAllowed(reason)


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST_URL or _FORBIDDEN_CHARACTERS.search(url):
        raise _refused("it is too long or has characters that an address cannot have")
    try:
        parts = urlsplit(url)
        _ = parts.port  # read for its check: a port that is no number raises
    except ValueError as error:
        raise _refused("it is no address") from error
    return parts


def _names_loopback(host: str) -> bool:
    try:
        return host == "localhost" or loopback(host)
    except ValueError:
        return False


def _check_host(host: str) -> None:
    try:
        allowed = public(host)
    except ValueError:
        # Not a literal; only ordinary dotted names, so that `0x7f.1` and `2130706433` are out.
        name = host.lower()
        allowed = bool(_NAME.fullmatch(name)) and not _PRIVATE_NAMES.fullmatch(name)
    if not allowed:
        raise _refused("the host is neither a full name nor an address of the public internet")
