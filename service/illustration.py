"""Examples and links in the OpenAPI document: what answers look like, and what to call next."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from assessment.faults import Fault
from service.examples import EXAMPLES
from service.problems import described
from service.statuses import STATUS

Node = dict[str, Any]

SAME_ID: Final = {"id": "$response.body#/id"}
NEXT: Final[Mapping[str, tuple[str, ...]]] = {
    "createAssessment": (
        "getAssessment", "followAssessment", "cancelAssessment", "getTimeline", "getReport",
        "getSegments", "getFhir",
        "getReceipt", "giveFeedback", "listDeliveries", "deleteAssessment",
    ),
    "createUpload": ("getUploadOffset", "appendToUpload", "deleteUpload"),
    "createKey": ("getKey", "rotateKey", "revokeKey"),
    "createWebhookEndpoint": (
        "getWebhookEndpoint", "changeWebhookEndpoint", "rotateWebhookSecret",
        "testWebhookEndpoint", "listEndpointDeliveries", "deleteWebhookEndpoint",
    ),
}  # fmt: skip
"""What can be called with the id that an operation answers with."""


def illustrate(document: Node) -> None:
    """Add an example to every body that has none, and links to every operation in `NEXT`."""
    for operation in _operations(document):
        for content in _contents(operation.get("requestBody", {})):
            _exemplify(content)
        for status, answer in operation["responses"].items():
            for content in _contents(answer):
                _exemplify(content, int(status))
            if int(status) in (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED):
                _link(operation["operationId"], answer)


def _operations(document: Node) -> Iterator[Node]:
    for operations in (document["paths"] | document["webhooks"]).values():
        yield from operations.values()


def _contents(node: Node) -> Iterator[Node]:
    yield from node.get("content", {}).values()


def _exemplify(content: Node, status: int = 0) -> None:
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    if "example" in content or "examples" in content:
        return
    if name == "Problem":
        content["example"] = a_problem(status)
    elif name in EXAMPLES:
        content["example"] = EXAMPLES[name]


def a_problem(status: int) -> Node:
    """Return a problem with the status, the most general one that there is."""
    kinds = [fault for fault, its in STATUS.items() if its == status]
    fault: type[Fault] = min(kinds, key=lambda kind: len(kind.__mro__))
    body = described(fault, "req_0123456789abcdef01234567")
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        body["limit_bytes"] = 524288000
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        body["errors"] = [{"pointer": "/request/model", "detail": "served are: hmhn"}]
    return body


def _link(operation_id: str, answer: Node) -> None:
    following = NEXT.get(operation_id)
    if following:
        answer["links"] = {name: {"operationId": name, "parameters": SAME_ID} for name in following}
