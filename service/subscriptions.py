"""Webhook endpoints and the delivery log, as their owner manages them. Plain Python."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assessment.addresses import NotAllowed, check_url
from assessment.assessment import Assessment, Tenant
from assessment.deliveries import (
    CALLBACK,
    DELIVERY_ID_PATTERN,
    Deliveries,
    Delivery,
    Message,
)
from assessment.endpoints import (
    ENDPOINT_ID_PATTERN,
    DisabledReason,
    Endpoint,
    EndpointId,
    Endpoints,
)
from assessment.events import TEST_TYPE
from assessment.faults import CallbackNotAllowed, Invalid, Stale
from assessment.ports import Clock
from assessment.signing import new_secret, secret_bytes
from assessment.webhook_faults import EndpointDisabled, NoSuchDelivery, NoSuchEndpoint
from service.webhook_schemas import EndpointChanges, EndpointOptions

SECRET_BYTES = 32
PATIENCE = 5
"""How often a change is tried when the sender changes the same endpoint at the same moment."""

Change = Callable[[Endpoint], Endpoint]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """Who is told, for each tenant its own."""

    endpoints: Endpoints
    deliveries: Deliveries
    clock: Clock
    allow_loopback: bool

    def create(self, tenant: Tenant, options: EndpointOptions) -> Endpoint:
        """Store a new endpoint; raises `CallbackNotAllowed`, `Invalid`, `TooManyEndpoints`."""
        self._check(options.url)
        endpoint = Endpoint(
            id=EndpointId(f"whe_{secrets.token_hex(16)}"),
            tenant=tenant,
            url=options.url,
            secret=_secret(options.secret),
            created_at=self.clock(),
            events=tuple(options.events),
            description=options.description,
            disabled_reason=_disabled(enabled=options.enabled),
        )
        self.endpoints.add(endpoint)
        return endpoint

    def find(self, tenant: Tenant, endpoint_id: str) -> Endpoint:
        """Return the endpoint; somebody else's is `NoSuchEndpoint`, like one that never was."""
        if not ENDPOINT_ID_PATTERN.fullmatch(endpoint_id):
            raise NoSuchEndpoint
        endpoint = self.endpoints.get(EndpointId(endpoint_id))
        if endpoint.tenant != tenant:
            raise NoSuchEndpoint
        return endpoint

    def change(self, endpoint: Endpoint, changes: EndpointChanges) -> Endpoint:
        """Store what is to be another way."""
        given = changes.model_dump(exclude_unset=True)
        if "url" in given:
            self._check(changes.url)
        if "events" in given:
            given["events"] = tuple(changes.events)
        if "enabled" in given:
            given["disabled_reason"] = _disabled(enabled=given.pop("enabled"))
        return self._save(endpoint, lambda stored: replace(stored, **given))

    def rotate(self, endpoint: Endpoint, overlap_s: int, given: str | None) -> Endpoint:
        """Give the endpoint another secret; the present one signs, too, for a while."""
        secret, now = _secret(given), self.clock()
        return self._save(
            endpoint, lambda stored: stored.rotated(secret, at=now, overlap_s=overlap_s)
        )

    def delete(self, endpoint: Endpoint) -> None:
        """Forget the endpoint and its log; what is on its way to it ends."""
        self.endpoints.erase(endpoint)
        self.deliveries.forget(endpoint.id)

    def test(self, endpoint: Endpoint) -> Delivery:
        """Have a test event sent now; raises `EndpointDisabled`."""
        self._require_enabled(endpoint.id)
        message = Message(
            id=f"evt_{secrets.token_hex(16)}_test",
            tenant=endpoint.tenant,
            assessment_id=None,
            type=TEST_TYPE,
            target=endpoint.id,
            sequence=0,
        )
        self.deliveries.add(message)
        return self.deliveries.get(message.id)

    def log_to(self, endpoint: Endpoint) -> Sequence[Delivery]:
        """Return the last deliveries to the endpoint, the newest first."""
        return self.deliveries.of_endpoint(endpoint.id)

    def log_of(self, assessment: Assessment) -> Sequence[Delivery]:
        """Return the assessment's deliveries, the oldest first."""
        return self.deliveries.of_assessment(assessment.id)

    def replay(self, assessment: Assessment, delivery_id: str) -> Delivery:
        """Have a delivery of the assessment made again, with all of its tries."""
        if not DELIVERY_ID_PATTERN.fullmatch(delivery_id):
            raise NoSuchDelivery
        message = self.deliveries.get(delivery_id).message
        if message.assessment_id != assessment.id:
            raise NoSuchDelivery
        if message.target != CALLBACK:
            self._require_enabled(EndpointId(message.target))
        self.deliveries.replay(delivery_id)
        return self.deliveries.get(delivery_id)

    def _require_enabled(self, endpoint_id: EndpointId) -> None:
        try:
            enabled = self.endpoints.get(endpoint_id).enabled
        except NoSuchEndpoint:
            enabled = False
        if not enabled:
            raise EndpointDisabled

    def _save(self, endpoint: Endpoint, change: Change) -> Endpoint:
        for _ in range(PATIENCE):
            changed = change(endpoint)
            try:
                self.endpoints.save(changed)
            except Stale:
                endpoint = self.endpoints.get(endpoint.id)
            else:
                return changed
        raise Stale(endpoint.id)

    def _check(self, url: str) -> None:
        try:
            check_url(url, allow_loopback=self.allow_loopback)
        except NotAllowed as refusal:
            message = f"the address is refused: {refusal}"
            raise CallbackNotAllowed(message, pointer="/url") from None


def _disabled(*, enabled: bool) -> DisabledReason | None:
    return None if enabled else DisabledReason.REQUESTED


def _secret(given: str | None) -> str:
    secret = new_secret(secrets.token_bytes(SECRET_BYTES)) if given is None else given
    try:
        secret_bytes(secret)
    except Invalid as error:
        raise Invalid(error.args[0], pointer="/secret") from error
    return secret
