"""From the bytes of the part `request` to a checked request, or to pointers to what is wrong."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from assessment.assessment import AssessmentId
from assessment.consent import FACES
from assessment.faults import Invalid
from assessment.ports import Clock
from assessment.request import (
    AssessmentRequest,
    Callback,
    Consent,
    Context,
    Sampling,
    Source,
    Subject,
)
from assessment.signing import new_secret, secret_bytes
from service.catalogue import Catalogue
from service.choice import POINTER, choose
from service.schemas import AssessmentOptions, CallbackOptions, ConsentOptions, SourceOptions
from service.strict_json import parse

SECRET_BYTES: Final = 32
CLOCKS_DIFFER_S: Final = 300
"""How far ahead a platform's clock may be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, checked, and in the one spelling that equal requests share."""

    request: AssessmentRequest
    canonical: bytes


@dataclass(frozen=True, slots=True)
class RequestReader:
    """Understands request parts, given what is served and which callbacks are allowed."""

    catalogue: Catalogue
    check_callback: Callable[[str], None]
    check_source: Callable[[str], None]
    clock: Clock

    def __call__(self, raw: bytes) -> AssessmentRequest:
        """Return the request, or raise `Invalid` or `CallbackNotAllowed`."""
        return self.read(raw).request

    def read(self, raw: bytes) -> Asked:
        """Return the request and its canonical spelling, or raise as above."""
        options = parse(raw, AssessmentOptions, POINTER)
        return Asked(self._request(options), canonical(options))

    def _request(self, options: AssessmentOptions) -> AssessmentRequest:
        choice = choose(options.analyses, options.model, self.catalogue)
        return AssessmentRequest(
            analyses=choice.analyses,
            models=choice.models,
            sampling=Sampling(options.sampling.every_ms, options.sampling.every_n_frames),
            subject=Subject(options.subject.select, options.subject.region),
            callback=self._callback(options.callback) if options.callback else None,
            reference=options.reference,
            metadata=options.metadata,
            source=self._source(options.source) if options.source else None,
            sha256=options.sha256,
            consent=self._consent(options.consent) if options.consent else None,
            context=Context(**options.context.model_dump()) if options.context else None,
            deadline_s=options.deadline_s,
            retention_s=options.retention_s,
            baseline=AssessmentId(options.baseline) if options.baseline else None,
            include_faces=_agreed(options),
        )

    def _source(self, options: SourceOptions) -> Source:
        if options.url is not None:
            self.check_source(options.url)
        return Source(options.url, options.upload_id)

    def _callback(self, options: CallbackOptions) -> Callback:
        self.check_callback(options.url)
        secret = options.secret
        if secret is None:
            secret = new_secret(secrets.token_bytes(SECRET_BYTES))
        try:
            secret_bytes(secret)
        except Invalid as error:
            raise Invalid(error.args[0], pointer=f"{POINTER}/callback/secret") from error
        return Callback(options.url, secret, tuple(options.events))

    def _consent(self, options: ConsentOptions) -> Consent:
        """Return the consent; nobody has agreed tomorrow, whatever a clock or a form says."""
        obtained_at = datetime.fromisoformat(options.obtained_at)
        if obtained_at.timestamp() - self.clock().timestamp() > CLOCKS_DIFFER_S:
            raise Invalid("lies in the future", pointer=f"{POINTER}/consent/obtained_at")
        return Consent(options.policy_version, options.obtained_at, tuple(options.scopes))


def canonical(options: AssessmentOptions) -> bytes:
    """Return the one spelling that equal requests share, in this version and the one before."""
    said = options.model_dump(mode="json")
    if not options.include_faces:
        # What a version before did not know: a request that was sent to it is the same request now.
        del said["include_faces"]
    return json.dumps(said, sort_keys=True).encode()


def _agreed(options: AssessmentOptions) -> bool:
    """Return whether faces are to be kept; raises `Invalid` where the person did not agree to it.

    Refused, and not withheld later: the caller asked for what it has no leave to ask for.
    """
    if not options.include_faces:
        return False
    if options.consent is None:
        raise Invalid(f"is needed, with `{FACES}` in its scopes", pointer=f"{POINTER}/consent")
    if FACES not in options.consent.scopes:
        raise Invalid(f"must name `{FACES}`", pointer=f"{POINTER}/consent/scopes")
    return True
