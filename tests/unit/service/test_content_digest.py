"""The header `Content-Digest`: read after RFC 9530, held against the body as sent."""

import base64
import hashlib

import pytest

from assessment.faults import Invalid
from assessment.recording_faults import DigestMismatch
from service.content_digest import ContentDigest, parse

BODY = b'{"hello": "world"}\n'
# From RFC 9530, appendix B.1 and D.1.
SHA_256 = "RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg="
SHA_512 = "YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg=="


def check(body: bytes, *lines: str) -> None:
    digest = ContentDigest(parse(lines))
    for start in range(0, len(body), 5):
        digest.update(body[start : start + 5])
    digest.check()


@pytest.mark.parametrize(
    "lines",
    [
        (f"sha-256=:{SHA_256}:",),
        (f"sha-512=:{SHA_512}:",),
        (f"sha-256=:{SHA_256}:, sha-512=:{SHA_512}:",),
        (f"sha-256=:{SHA_256}:", f"sha-512=:{SHA_512}:"),
        (f"sha-256=:{SHA_256}: \t,\t unixsum=:AAA=:",),
        (f"md5=:AAAA:,sha-256=:{SHA_256}:",),
        (f'sha-256=:{SHA_256}:;a=1; b="c, d";e',),
        (f"sha-256=:{base64.b64encode(bytes(32)).decode()}:, sha-256=:{SHA_256}:",),
        (),
    ],
    ids=["256", "512", "both", "lines", "unknown-after", "unknown-before", "parameters",
         "the-last-counts", "none"],
)  # fmt: skip
def test_the_body_that_was_announced_passes(lines: tuple[str, ...]):
    check(BODY, *lines)


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-512"])
def test_another_body_does_not(algorithm: str):
    announced = hashlib.new(algorithm.replace("-", ""), BODY).digest()
    line = f"{algorithm}=:{base64.b64encode(announced).decode()}:"

    check(BODY, line)
    with pytest.raises(DigestMismatch) as caught:
        check(BODY[:-1], line)
    assert caught.value.pointer == "/headers/content-digest"


def test_of_two_digests_both_must_hold():
    with pytest.raises(DigestMismatch):
        check(BODY, f"sha-256=:{SHA_256}:, sha-512=:{base64.b64encode(bytes(64)).decode()}:")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "sha-256",
        f"sha-256={SHA_256}",
        f"sha-256=:{SHA_256}",
        f"SHA-256=:{SHA_256}:",
        f"sha-256=:{SHA_256}:,",
        f"sha-256=:{SHA_256}: sha-512=:{SHA_512}:",
        f'sha-256="{SHA_256}"',
        "sha-256=:AAAA:",
        "sha-256=:A:",
        f"sha-512=:{SHA_256}:",
        "md5=:AAAA:, unixsum=:AAA=:",
        "sha-256=:" + "A" * 2000 + ":",
        f"sha-256=:{SHA_256}:;",
    ],
)  # fmt: skip
def test_what_is_malformed_short_or_unknown_is_refused(line: str):
    with pytest.raises(Invalid) as caught:
        parse([line])
    assert caught.value.code == "validation_error"
    assert caught.value.pointer == "/headers/content-digest"


def test_a_hostile_header_is_read_in_no_time():
    with pytest.raises(Invalid):
        parse(["a=::" + ";a" * 400 + "!"])
