"""The section `webhooks` of the OpenAPI document: what receivers get."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header

from service.webhook_bodies import Event, TestEvent

WebhookId = Annotated[
    str,
    Header(
        alias="webhook-id",
        description="The same in every try; what was seen before can be dropped.",
        examples=["evt_0123456789abcdef0123456789abcdef_succeeded"],
    ),
]
WebhookTimestamp = Annotated[
    int,
    Header(
        alias="webhook-timestamp",
        description="When this try was signed, in seconds since 1970; refuse old ones.",
        examples=[1767268800],
    ),
]
WebhookSignature = Annotated[
    str,
    Header(
        alias="webhook-signature",
        description="`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`; two, with a space "
        "between, while a secret is rotated.",
        examples=["v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="],
    ),
]


def signed(
    webhook_id: WebhookId,
    webhook_timestamp: WebhookTimestamp,
    webhook_signature: WebhookSignature,
) -> None:
    """Describe the headers after Standard Webhooks."""


webhooks = APIRouter(tags=["webhooks"], dependencies=[Depends(signed)])


ENDINGS: Final = (
    ("succeeded", "succeeded with numbers", "`data.outcome` is `reported`. Answer 2xx in 15 s."),
    ("withheld", "succeeded without numbers", "`data.outcome` is `withheld`; the result says why."),
    ("failed", "failed", "The assessment's `error` says why and what to do."),
    ("canceled", "was canceled", "Whoever canceled it, there will be no result."),
    ("expired", "passed its deadline", "It did not end within its `deadline_s`."),
)
"""How an assessment can end, what that means, and what to know of the event."""


def _receive(body: Event) -> None:
    """Stand for a receiver, whose parameters the document tells."""


for _name, _meaning, _words in ENDINGS:
    webhooks.add_api_route(
        f"assessment.{_name}",
        _receive,
        methods=["POST"],
        operation_id=f"onAssessment{_name.capitalize()}",
        summary=f"An assessment {_meaning}",
        description=f"Signed after Standard Webhooks. {_words}",
        status_code=204,
    )


@webhooks.post(
    "webhook.test",
    operation_id="onWebhookTest",
    summary="A test send of an endpoint",
    status_code=204,
)
def on_test(body: TestEvent) -> None:
    """Signed after Standard Webhooks; sent once, when you ask for it."""
