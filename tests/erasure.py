"""kill -9 at every stage of an assessment, then deletion: what is left of the patient?

    python -m tests.erasure --rounds 3

A real stack under a supervisor. Each recording, its file name, reference and metadata carry a
word of their own. A process is killed just when an assessment is at the wanted stage; then the
assessment is deleted, as its platform would. After the next sweep every file, every key of Redis
with its append-only file, the temporary folder and the log are searched for the words. Exit
status 0 means that none was found. An hour passes by hand: what was never accepted is older than
that before the sweeper takes it.
"""

import argparse
import json
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import httpx
import redis

from launch import data_folder, triton_server
from launch.embedded import plan_for
from tests.chaos.__main__ import PROJECT, SETTINGS
from tests.chaos.clients import client
from tests.chaos.house import House
from tests.erasure_recordings import LONG, SAID_BYTES, SHORT, recording, slow_site
from tests.erasure_search import an_hour_later, largest_in, places

WORD: Final = "Zwetschgendatschi"
MOMENTS: Final = (
    ("arriving", "api"),
    ("accepted", "api"),
    ("accepted", "worker"),
    ("starting", "worker child"),
    ("fetching", "worker child"),
    ("fetching", "worker"),
    ("scoring", "worker child"),
    ("scoring", "worker"),
    ("scoring", "decoder"),
    ("scoring", "triton"),
    ("scoring", "redis"),
    ("aggregating", "worker child"),
    ("ended", "sweeper"),
    ("deleting", "api"),
    ("deleting", "sweeper"),
    ("deleting", "redis"),
)
"""What is done to the assessment when a process of this kind is killed."""
ANY_TIME: Final = ("accepted", "ended", "deleting")
"""Moments that are no stages of the record: before, after and beyond the pipeline's."""
ENDED: Final = ("succeeded", "failed")
FACES: Final = {
    "include_faces": True,
    "consent": {
        "policy_version": WORD,
        "obtained_at": "2026-01-01T12:00:00Z",
        "scopes": ["include_faces"],
    },
}
"""Pictures of the face are to be kept, too; no word is in them, so they are sought by name."""
TRIES: Final = 12
"""For one kill at a stage that lasts for milliseconds only."""
SWEPT_WITHIN_S: Final = 120.0
STAGE_LIMIT_S: Final = 60.0


@dataclass(slots=True)
class Run:
    """One run in a house: what was killed where, and which words were sent."""

    house: House
    site: str
    store: "redis.Redis"
    """Asked again and again: some stages last for milliseconds."""
    words: list[str] = field(default_factory=list[str])
    killed: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])

    @contextmanager
    def _api(self) -> Generator[httpx.Client]:
        with client(self.house.plan.url, self.house.plan.api_key) as api:
            yield api

    def stage(self, assessment_id: str) -> str | None:
        """Return where the assessment is, by its record, None when the store is away."""
        try:
            found = self.store.hmget(f"mien:assessment:{assessment_id}", "status", "stage")
        except redis.RedisError:
            return None
        status, stage = cast("list[str | None]", found)
        return stage if status == "processing" else status

    def kill_at(self, moment: tuple[str, str]) -> None:
        """Kill once at this moment, and delete what it was done to."""
        stage, kind = moment
        for _ in range(TRIES):
            self.house.wait_until_ready()
            word = f"{WORD}-{len(self.words)}"
            self.words.append(word)
            if stage == "arriving":
                hit = self._kill_arriving(word, kind)
            else:
                hit = self._kill_accepted(word, stage, kind)
            if hit:
                self.killed[moment] = self.killed.get(moment, 0) + 1
                return

    def _kill_arriving(self, word: str, kind: str) -> bool:
        """Send half of a recording and kill whoever receives it."""
        content = recording(word)
        head = (
            "POST /v1/assessments HTTP/1.1\r\nHost: localhost\r\nContent-Type: video/mp4\r\n"
            f"Authorization: Bearer {self.house.plan.api_key}\r\nContent-Length: {len(content)}\r\n"
            f"Mien-Request: {json.dumps({'reference': word})}\r\n\r\n"
        )
        staging = self.house.plan.data / "staging"
        with socket.create_connection(("127.0.0.1", self.house.plan.port)) as line:
            line.sendall(head.encode() + content[:-10])
            # The first MiB comes before the word does.
            arrived = 2**20 + len(content) - SAID_BYTES
            self._until(lambda: largest_in(staging) >= arrived, 10.0)
            return self.house.kill(kind)

    def _kill_accepted(self, word: str, stage: str, kind: str) -> bool:
        clip = LONG if kind == "decoder" else SHORT
        assessment_id = self._create(word, clip, from_site=stage == "fetching")
        reached = self._reach(assessment_id, stage)
        if stage == "deleting":
            deletion = threading.Thread(target=self._delete_once, args=(assessment_id,))
            deletion.start()
            time.sleep(0.002 * (len(self.words) % 5))
            hit = self.house.kill(kind)
            deletion.join()
        else:
            hit = reached and self.house.kill(kind)
            # Or it went on before the kill; a store that was killed cannot be asked.
            hit = hit and (stage in ANY_TIME or self.stage(assessment_id) in (stage, None))
        self._delete(assessment_id)
        return hit

    def _reach(self, assessment_id: str, stage: str) -> bool:
        """Wait until the assessment is at the stage; False when it passed unseen."""
        if stage == "accepted":
            return True
        at = "succeeded" if stage in ANY_TIME else stage
        self._until(lambda: self.stage(assessment_id) in (at, *ENDED), STAGE_LIMIT_S, 0.0)
        return self.stage(assessment_id) == at

    def _create(self, word: str, clip: str, *, from_site: bool) -> str:
        options: dict[str, Any] = {"reference": word, "metadata": {"note": word}, **FACES}
        with self._api() as api:
            if from_site:
                source = {"source": {"url": f"{self.site}/{word}"}}
                answer = api.post("/v1/assessments", json=options | source)
            else:
                parts = {
                    "request": (None, json.dumps(options), "application/json"),
                    "video": (f"{word}.mp4", recording(word, clip), "video/mp4"),
                }
                answer = api.post("/v1/assessments", files=parts)
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    def _delete_once(self, assessment_id: str) -> None:
        with suppress(httpx.HTTPError), self._api() as api:
            api.delete(f"/v1/assessments/{assessment_id}")

    def _delete(self, assessment_id: str) -> None:
        """Delete as a platform does: until the service says that it is gone."""

        def gone() -> bool:
            with suppress(httpx.HTTPError), self._api() as api:
                answer = api.delete(f"/v1/assessments/{assessment_id}")
                return answer.status_code == 200 or answer.status_code == 410
            return False

        assert self._until(gone, STAGE_LIMIT_S, 0.2), "it cannot be deleted"

    def _until(self, happened: Callable[[], bool], limit_s: float, pause_s: float = 0.01) -> bool:
        end = time.monotonic() + limit_s
        while not happened():
            if time.monotonic() > end:
                return False
            time.sleep(pause_s)
        return True


def run(rounds: int, folder: Path, say: Callable[[str], object] = print) -> bool:
    """Start a house, kill, delete, sweep, search; return whether nothing is left."""
    log, temporary = folder / "log" / "parts.log", folder / "tmp"
    log.parent.mkdir()
    temporary.mkdir()
    with ExitStack() as stack:
        caller = {**os.environ, **SETTINGS, "TMPDIR": str(temporary)}  # noqa: TID251
        plan = stack.enter_context(plan_for(PROJECT, folder / "data", None, None, caller))
        stack.enter_context(data_folder.held(plan.data))
        stack.enter_context(triton_server.shared_memory(plan.data))
        site = stack.enter_context(slow_site())
        house = stack.enter_context(House(plan, log, frozenset({"worker two"})))
        store = stack.enter_context(redis.Redis.from_url(plan.redis_url, decode_responses=True))
        one = Run(house, site, store)
        for _ in range(rounds):
            for moment in MOMENTS:
                one.kill_at(moment)
        house.wait_until_ready()
        before = list(places(WORD, folder, plan.redis_url))
        an_hour_later(plan.data)
        left, swept_s = after_the_sweep(folder, plan.redis_url)
    for (stage, kind), count in one.killed.items():
        say(f"killed {kind:13} at {stage:12} {count}")
    missed = [moment for moment in MOMENTS if one.killed.get(moment, 0) < rounds]
    say(f"kills {sum(one.killed.values())}, assessments {len(one.words)}, missed {missed}")
    say(f"places with a word before the sweep {len(before)}, after {len(left)}, in {swept_s:.0f} s")
    for place in left:
        say(f"left: {place}")
    # That nothing was found before the sweep would say that the search finds nothing.
    held = bool(before) and not left and not missed
    say("every promise held" if held else "BROKEN")
    return held


def after_the_sweep(folder: Path, redis_url: str) -> tuple[list[str], float]:
    """Return what is left when nothing is, or when the sweeper's time is over; and how long."""
    began = time.monotonic()
    while left := list(places(WORD, folder, redis_url)):
        if time.monotonic() - began > SWEPT_WITHIN_S:
            break
        time.sleep(1.0)
    return left, time.monotonic() - began


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; 0 when nothing was left."""
    parser = argparse.ArgumentParser(prog="python -m tests.erasure", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="kills at each moment")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mien-erasure-") as folder:
        return 0 if run(options.rounds, Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
