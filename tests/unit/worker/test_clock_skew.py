"""A sender whose clock is ten minutes off, against the verifier of Standard Webhooks."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from assessment.signing import signed_headers

SECRET = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
BODY = json.dumps({"type": "assessment.succeeded"}).encode()


def verify(minutes_off: float) -> None:
    sender = datetime.now(UTC) + timedelta(minutes=minutes_off)  # noqa: TID251
    headers = signed_headers("evt_1", int(sender.timestamp()), BODY, SECRET)
    Webhook(SECRET).verify(BODY, {name.lower(): value for name, value in headers.items()})


@pytest.mark.parametrize("minutes_off", [-4, 0, 4])
def test_a_clock_that_is_off_by_less_than_five_minutes_is_accepted(minutes_off: float):
    verify(minutes_off)


@pytest.mark.parametrize("minutes_off", [-10, 10])
def test_a_clock_that_is_off_by_ten_minutes_is_refused_by_receivers(minutes_off: float):
    with pytest.raises(WebhookVerificationError, match="timestamp"):
        verify(minutes_off)
