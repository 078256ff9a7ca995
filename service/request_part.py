"""From the bytes of the part `request` to a checked request, or to pointers to what is wrong.

Nothing of the input is quoted. A pointer names a field only where the name is ours or
looks like a field's name.
"""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from assessment.faults import Invalid
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
from service.faults import InvalidFields
from service.schemas import AssessmentOptions, CallbackOptions, ConsentOptions, SourceOptions

SECRET_BYTES: Final = 32
FIELD_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_PLAIN_MESSAGES: Final = frozenset(
    {
        "dict_type", "enum", "extra_forbidden", "float_type", "greater_than_equal", "int_type",
        "less_than_equal", "list_type", "missing", "model_type", "string_too_long",
        "string_too_short", "string_type", "too_long", "too_short", "tuple_type", "value_error",
    }
)  # fmt: skip
"""Errors of pydantic whose message holds rules and never input."""


@dataclass(frozen=True, slots=True)
class RequestReader:
    """Understands request parts, given what is served and which callbacks are allowed."""

    catalogue: Catalogue
    check_callback: Callable[[str], None]
    check_source: Callable[[str], None]

    def __call__(self, raw: bytes) -> AssessmentRequest:
        """Return the request, or raise `Invalid` or `CallbackNotAllowed`."""
        options = _options(raw)
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
            consent=_consent(options.consent) if options.consent else None,
            context=Context(**options.context.model_dump()) if options.context else None,
            deadline_s=options.deadline_s,
            retention_s=options.retention_s,
        )

    def _source(self, options: SourceOptions) -> Source:
        if options.url is not None:
            self.check_source(options.url)
        return Source(options.url, options.upload_id)

    def _callback(self, options: CallbackOptions) -> Callback:
        self.check_callback(options.url)
        secret = options.secret or new_secret(secrets.token_bytes(SECRET_BYTES))
        try:
            secret_bytes(secret)
        except Invalid as error:
            raise Invalid(error.args[0], pointer=f"{POINTER}/callback/secret") from error
        return Callback(options.url, secret, tuple(options.events))


def _consent(options: ConsentOptions) -> Consent:
    return Consent(options.policy_version, options.obtained_at, tuple(options.scopes))


def _options(raw: bytes) -> AssessmentOptions:
    try:
        json.loads(raw.decode(), parse_constant=_refuse, object_pairs_hook=_without_repetition)
        return AssessmentOptions.model_validate_json(raw)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        raise InvalidFields([_invalid(one) for one in details]) from None
    except (ValueError, RecursionError):
        raise Invalid("is not JSON, or repeats a name", pointer=POINTER) from None


def _refuse(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is repeated")
    return found


def _invalid(error: ErrorDetails) -> Invalid:
    plain = error["type"] in _PLAIN_MESSAGES
    message = error["msg"].removeprefix("Value error, ") if plain else "is not valid"
    return Invalid(message, pointer=_pointer(error["loc"]))


def _pointer(location: tuple[int | str, ...]) -> str:
    """Return the JSON Pointer, cut where a caller's own words begin."""
    pointer = POINTER
    for step in location:
        if isinstance(step, str) and not FIELD_NAME.fullmatch(step):
            return pointer
        pointer += f"/{step}"
        if pointer == f"{POINTER}/metadata":
            return pointer
    return pointer
