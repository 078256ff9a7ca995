"""Keys and signatures, held to the vectors that RFC 8037 (appendix A) prints."""

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.ed25519 import (
    decoded,
    encoded,
    is_signed,
    new_seed,
    public_of,
    seed_of_pem,
    sign,
    thumbprint,
)
from assessment.faults import Misconfigured

PUBLIC = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
SIGNED = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
SIGNATURE = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"


def test_the_rfcs_key_has_the_rfcs_public_half_and_thumbprint():
    seed = decoded("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
    assert seed is not None

    assert encoded(public_of(seed)) == PUBLIC
    assert thumbprint(public_of(seed)) == THUMBPRINT


def test_the_rfcs_key_makes_the_rfcs_signature():
    seed, public = decoded("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"), decoded(PUBLIC)
    assert seed is not None
    assert public is not None

    assert encoded(sign(seed, SIGNED)) == SIGNATURE
    assert is_signed(public, sign(seed, SIGNED), SIGNED)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 63), st.integers(1, 255))
def test_no_other_content_and_no_other_signature_is_taken(content, place, change):
    seed = new_seed()
    signature = bytearray(sign(seed, content))

    assert not is_signed(public_of(seed), bytes(signature), content + b"\0")
    signature[place] ^= change
    assert not is_signed(public_of(seed), bytes(signature), content)
    assert not is_signed(public_of(new_seed()), sign(seed, content), content)


@pytest.mark.parametrize(("public", "signature"), [(b"", bytes(64)), (bytes(32), b"")])
def test_what_is_no_key_or_no_signature_verifies_nothing(public, signature):
    assert not is_signed(public, signature, b"")


@given(st.binary(max_size=70))
def test_bytes_have_one_spelling(content):
    assert decoded(encoded(content)) == content


@pytest.mark.parametrize("text", ["AB", "A", "AA=", "AA==", "A A", "ä", "AA\n", "+/AA"])
def test_other_spellings_are_nothing(text):
    assert decoded(text) is None


def test_a_pem_of_another_kind_of_key_is_refused():
    rsa = generate_private_key(65537, 1024)  # only its kind is looked at
    pem = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    with pytest.raises(Misconfigured, match="Ed25519"):
        seed_of_pem(pem)
