"""The section `webhooks` of the OpenAPI document: what receivers get."""

from typing import Annotated

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


@webhooks.post(
    "assessment.succeeded",
    operation_id="onAssessmentSucceeded",
    summary="An assessment succeeded with numbers",
    status_code=204,
)
def on_succeeded(body: Event) -> None:
    """Signed after Standard Webhooks; `data.outcome` is `reported`. Answer 2xx within 15 s."""


@webhooks.post(
    "assessment.withheld",
    operation_id="onAssessmentWithheld",
    summary="An assessment succeeded without numbers",
    status_code=204,
)
def on_withheld(body: Event) -> None:
    """Signed after Standard Webhooks; `data.outcome` is `withheld`, the result says why."""


@webhooks.post(
    "assessment.failed",
    operation_id="onAssessmentFailed",
    summary="An assessment failed",
    status_code=204,
)
def on_failed(body: Event) -> None:
    """Signed after Standard Webhooks; the assessment's `error` says why and what to do."""


@webhooks.post(
    "assessment.canceled",
    operation_id="onAssessmentCanceled",
    summary="An assessment was canceled",
    status_code=204,
)
def on_canceled(body: Event) -> None:
    """Signed after Standard Webhooks; whoever canceled it, there will be no result."""


@webhooks.post(
    "assessment.expired",
    operation_id="onAssessmentExpired",
    summary="An assessment passed its deadline",
    status_code=204,
)
def on_expired(body: Event) -> None:
    """Signed after Standard Webhooks; it did not end within its `deadline_s`."""


@webhooks.post(
    "webhook.test",
    operation_id="onWebhookTest",
    summary="A test send of an endpoint",
    status_code=204,
)
def on_test(body: TestEvent) -> None:
    """Signed after Standard Webhooks; sent once, when you ask for it."""
