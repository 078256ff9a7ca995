"""One row of the table of bad input: what is sent, and what must come back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from tests.stack.bad_input.door import Door

Send = Callable[[Door], httpx.Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A request and its answer; `headers` are begun as told, `fields` are in the problem."""

    number: int | str
    """Of the first list (1-90), or of the second one (`F001`-`F179`)."""
    sent: str
    send: Send
    status: int
    code: str | None = None
    pointer: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    fields: Mapping[str, object] = field(default_factory=dict[str, object])
    detail: str = ""
    absent: tuple[str, ...] = ()
    """Words that no answer may have, and header fields that it may not have."""

    @property
    def name(self) -> str:
        return f"{self.number}: {self.sent}"

    def check(self, door: Door) -> None:
        """Send it, and hold the answer to the row."""
        answer = self.send(door)
        assert answer.status_code == self.status, answer.text[:500]
        for word in self.absent:
            assert word not in answer.headers, answer.headers
            assert word not in answer.text, answer.text[:500]
        for name, value in self.headers.items():
            assert answer.headers[name].startswith(value), answer.headers
        if self.code is not None:
            self._check_problem(answer)

    def _check_problem(self, answer: httpx.Response) -> None:
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert (problem["status"], problem["code"]) == (self.status, self.code)
        assert problem["type"] == f"/problems/{self.code}"
        assert problem["detail"]
        assert problem["request_id"] == answer.headers["x-request-id"]
        assert "Traceback" not in answer.text
        assert self.fields.items() <= problem.items()
        if self.pointer is not None:
            errors = {one["pointer"]: one["detail"] for one in problem["errors"]}
            assert self.pointer in errors, errors
            assert self.detail in errors[self.pointer]
