"""One row of the table that is told by a worker: a recording, and how its assessment ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assessment.assessment import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """A recording and its end: `said` is a fault's code, a reason for withholding, or `reported`.

    `times_ms` are the media times of its timeline.
    """

    number: int | str
    sent: str
    said: str
    make: Callable[[Path], Path] | None = None
    fetched: str | None = None
    """Instead of a file: the path on the site from which a worker fetches it."""
    request: Mapping[str, Any] = field(default_factory=dict[str, Any])
    times_ms: tuple[int, ...] | None = None
    still: float | None = None
    """The share of time without movement that its result tells."""

    @property
    def name(self) -> str:
        return f"{self.number}: {self.sent}"

    def check(self, body: Mapping[str, Any]) -> None:
        """Hold the ended assessment to the row."""
        if body["status"] == Status.FAILED:
            assert body["error"]["code"] == self.said
            assert body["error"]["detail"]
            assert body["error"]["retryable"] is (self.said == "source_not_fetched")
            assert (body["outcome"], body["result"]) == (None, None)
            return
        assert body["status"] == Status.SUCCEEDED
        reasons = {one["code"] for one in body["result"]["withheld"]}
        assert reasons == (set() if self.said == "reported" else {self.said})
        assert body["outcome"] == ("reported" if self.said == "reported" else "withheld")
        assert all(one["advice"] for one in body["result"]["withheld"])
        if self.still is not None:
            assert body["result"]["movement"]["still"] == self.still
