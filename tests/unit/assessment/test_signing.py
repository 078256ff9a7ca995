import base64

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from assessment.faults import Invalid
from assessment.signing import new_secret, secret_bytes, signed_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_published_vector_is_reproduced():
    # The example of the Standard Webhooks specification and its libraries' tests.
    headers = signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', SECRET
    )

    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-signature"] == expected


def test_the_reference_library_verifies_what_we_sign(monkeypatch: pytest.MonkeyPatch):
    secret, body = new_secret(bytes(range(32))), b'{"type":"assessment.succeeded"}'
    from datetime import UTC, datetime

    now = int(datetime.now(UTC).timestamp())  # noqa: TID251  the library compares with today
    headers = signed_headers("evt_1", now, body, secret)

    assert Webhook(secret).verify(body, headers) == {"type": "assessment.succeeded"}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)


@pytest.mark.parametrize(
    "secret",
    [
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_",
        "whsec_%%%%",
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
    ],
)
def test_a_secret_of_another_form_or_length_is_refused(secret: str):
    with pytest.raises(Invalid):
        secret_bytes(secret)


def test_both_secrets_sign_while_one_is_rotated():
    old = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

    headers = signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', SECRET, old
    )

    first, second = headers["webhook-signature"].split(" ")
    assert first == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert second.startswith("v1,")
    assert second != first
