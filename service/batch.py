"""Many requests in one body: each its own assessment, and none fails with another.

    body ─▶ items ─▶ each: checked ─▶ created ─▶ 202 and the assessment
                                 └──────────────▶ its problem

With an Idempotency-Key the id of each item's assessment follows from the key's. So when the
key comes again, an item that was created is answered as before, and one that was not is tried.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assessment.assessment import AssessmentId, Tenant
from assessment.faults import Fault, InternalError, StorageFull, StoreUnavailable
from service.batch_schema import BatchOptions
from service.creation import Answer, Creation
from service.idempotency import Held
from service.pointers import options_at
from service.problems import problem_body
from service.reception import sourced
from service.request_part import RequestReader
from service.statuses import STATUS
from service.strict_json import parse

MOST_BYTES: Final = 4 * 2**20
SHARED: Final = (StoreUnavailable, StorageFull)
"""What every item needs; a network that is out of order is a matter of the items that name it."""

log = logging.getLogger(__name__)


def items_of(raw: bytes) -> Sequence[Any]:
    """Return the items as they came, or raise `Invalid` when the body holds none."""
    return parse(raw, BatchOptions).assessments


@dataclass(frozen=True, slots=True)
class Batch:
    """Creates the assessments of a batch."""

    creation: Creation
    read_request: RequestReader

    def begin(self, items: Sequence[Any], held: Held) -> None:
        """Bind the key to the batch; raise `IdempotencyMismatch` when it is another's."""
        told = json.dumps(items, sort_keys=True).encode()
        if held.known:
            held.commit()
            held.require_same(told)
        held.bind(told)
        held.commit()

    def create(
        self, tenant: Tenant, items: Sequence[Any], held: Held, request_id: str
    ) -> Sequence[Mapping[str, Any]]:
        """Return one answer an item, in their order."""
        answers: list[Mapping[str, Any]] = []
        away: StoreUnavailable | StorageFull | None = None
        for index, item in enumerate(items):
            try:
                if away is not None:
                    raise away  # One item has waited for what is away; the others need not.
                answer = self._one(tenant, index, item, held)
            except Fault as fault:
                away = fault if isinstance(fault, SHARED) else away
                answers.append(_refused(index, fault, request_id))
            except OSError as error:
                log.warning("an item of a batch failed: %s", type(error).__name__)
                answers.append(_refused(index, InternalError(), request_id))
            else:
                told = {"index": index, "status": answer.status, "assessment": answer.body}
                answers.append(told)
        held.keep()
        return answers

    def _one(self, tenant: Tenant, index: int, item: object, held: Held) -> Answer:
        reserved = _id_of(held, index)
        if held.known and self.creation.exists(tenant, reserved):
            return self.creation.replay(tenant, reserved)
        with options_at(f"/assessments/{index}"):
            arrival = sourced(self.read_request, json.dumps(item).encode())
            assessment = self.creation.accept(tenant, arrival, reserved)
        answer = self.creation.answer(assessment, arrival.request)
        if held.name:
            self.creation.note(answer)
        return answer


def _id_of(held: Held, index: int) -> AssessmentId:
    """Return the id of an item; who does not know the key's own cannot guess it."""
    told = f"{held.assessment_id}/{index}".encode()
    return AssessmentId(f"asm_{hashlib.sha256(told).hexdigest()[:32]}")


def _refused(index: int, fault: Fault, request_id: str) -> Mapping[str, Any]:
    status = STATUS[type(fault)]
    return {"index": index, "status": status, "problem": problem_body(fault, request_id)}
