"""The address of Redis, with the password that a secret brings."""

from urllib.parse import quote, urlsplit


def with_password(url: str, password: str) -> str:
    """Return the address with the password; one that has a password, or is a socket, as it is."""
    parts = urlsplit(url)
    if not password or "@" in parts.netloc or not parts.netloc:
        return url
    return parts._replace(netloc=f":{quote(password, safe='')}@{parts.netloc}").geturl()
