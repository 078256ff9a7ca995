"""Four platforms that send recordings and will not take no for an answer.

    recording, key ─▶ POST until 202 ─▶ id ─▶ GET until it has ended ─▶ Ended

A connection that breaks is tried again with the same Idempotency-Key, as the guide tells
integrators to: only so is "sent" known to mean "accepted".
"""

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

PAUSE_S: Final = 0.3
TIMEOUT_S: Final = 20.0
RUNNING: Final = ("queued", "processing")


@dataclass(frozen=True, slots=True)
class Work:
    """One recording to be assessed, with the words that must be found nowhere afterwards."""

    number: int
    video: Path
    canary: str
    callback: str

    def send(self, api: httpx.Client) -> httpx.Response:
        """Send it once."""
        request = {
            "analyses": ["severity", "expression"],
            "reference": self.canary,
            "metadata": {"note": self.canary},
            "callback": {"url": self.callback},
        }
        parts = {
            "request": (None, json.dumps(request), "application/json"),
            "video": (f"{self.canary}.mp4", self.video.read_bytes(), "video/mp4"),
        }
        headers = {"Idempotency-Key": f"chaos-{self.number}"}
        return api.post("/v1/assessments", files=parts, headers=headers)


@dataclass(slots=True)
class Told:
    """What the platforms were told: ids by number, last words by id, refusals."""

    ids: dict[int, str] = field(default_factory=dict)
    ended: dict[str, dict[str, Any]] = field(default_factory=dict)
    ended_at: dict[str, float] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)


def client(url: str, key: str) -> httpx.Client:
    """A connection as a platform has it."""
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT_S, trust_env=False)


def insist(call: Callable[[], httpx.Response], told: Told) -> httpx.Response | None:
    """Call once; None when nobody was there or it is to be tried later."""
    try:
        answer = call()
    except httpx.HTTPError:
        return None
    if answer.status_code in (409, 429, 500, 502, 503, 504):
        if answer.status_code == 500:
            told.refusals.append(answer.text)
        return None
    return answer


def submit(works: Sequence[Work], url: str, key: str, told: Told) -> None:
    """Send the works one after another, each until it is accepted."""
    with client(url, key) as api:
        for work in works:
            while (answer := insist(lambda: work.send(api), told)) is None:  # noqa: B023
                time.sleep(PAUSE_S)
            if answer.status_code == 202:
                told.ids[work.number] = answer.json()["id"]
            else:
                told.refusals.append(answer.text)


def follow(url: str, key: str, told: Told, until: Callable[[], bool]) -> None:
    """Look after every accepted assessment until all have ended or it is over."""
    with client(url, key) as api:
        while not until():
            accepted = list(told.ids.values())  # in one step: others add to it meanwhile
            for assessment_id in [one for one in accepted if one not in told.ended]:
                answer = insist(lambda: api.get(f"/v1/assessments/{assessment_id}"), told)  # noqa: B023
                if answer is None:
                    break
                if answer.status_code != 200:
                    told.gone.add(assessment_id)
                elif (body := answer.json())["status"] not in RUNNING:
                    told.ended[assessment_id] = body
                    told.ended_at[assessment_id] = time.monotonic()
            time.sleep(PAUSE_S)


def start_clients(
    works: Sequence[Work], count: int, url: str, key: str, told: Told
) -> list[threading.Thread]:
    """Begin to submit from so many platforms at once."""
    shares = [works[start::count] for start in range(count)]
    threads = [
        threading.Thread(target=submit, args=(share, url, key, told), daemon=True)
        for share in shares
    ]
    for thread in threads:
        thread.start()
    return threads
