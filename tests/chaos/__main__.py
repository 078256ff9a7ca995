"""`make chaos`: assessments run while processes die; then it is counted what was lost.

    python -m tests.chaos --assessments 200 --kills 60 --seed 1
    python -m tests.chaos --assessments 20 --kills 6 --without sweeper    the negative control

Exit status 0 means that every promise held. The log of all parts is kept where `--log` says.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

from launch import data_folder, triton_server
from launch.embedded import plan_for
from launch.parts import Plan
from tests.chaos.clients import Told, Work, client, follow, insist, start_clients
from tests.chaos.house import KINDS, House
from tests.chaos.receiver import Received, receiver
from tests.chaos.reckoning import Reckoning, Seen, facts, files_with, reckon

PROJECT: Final = Path(__file__).resolve().parents[2]
MEDIA: Final = PROJECT / "weights" / "media"
VIDEOS: Final = ("single_face.mp4", "no_face.mp4")
CLIENTS: Final = 4
PAUSES_S: Final = (3.0, 7.0)
CANARY: Final = "Zwetschgenmus"
SETTINGS: Final = {
    "MIEN_LEASE_S": "6",
    "MIEN_REQUEUE_S": "3",
    "MIEN_QUOTA_REQUESTS_PER_MINUTE": "1000000",
    "MIEN_QUOTA_CREATES_PER_MINUTE": "10000",
    "MIEN_QUOTA_ASSESSMENTS": "5000",
}


class Run:
    """One run in a house."""

    def __init__(self, house: House, options: argparse.Namespace, callback: str) -> None:
        self.house, self.options, self.callback = house, options, callback
        self.told, self.kills = Told(), dict.fromkeys(KINDS, 0)
        self.works = [
            Work(number, MEDIA / name, f"{CANARY} {number}", callback)
            for number, name in enumerate(islice(cycle(VIDEOS), options.assessments))
        ]
        self.killed_at: list[float] = []

    @property
    def url(self) -> str:
        return self.house.plan.url

    @property
    def key(self) -> str:
        return self.house.plan.api_key

    def expected(self) -> dict[str, Any]:
        """What each recording says while nothing is killed."""
        told, works = (
            Told(),
            [
                Work(-1 - place, MEDIA / name, CANARY, self.callback)
                for place, name in enumerate(VIDEOS)
            ],
        )
        for thread in start_clients(works, 1, self.url, self.key, told):
            thread.join()
        self._follow_until_ended(told, 300.0)
        return {name: facts(told.ended[told.ids[-1 - place]]) for place, name in enumerate(VIDEOS)}

    def rage(self) -> None:
        """Kill while the clients submit, then let all come to their end."""
        chance = random.Random(self.options.seed)
        threads = start_clients(self.works, CLIENTS, self.url, self.key, self.told)
        kinds = [kind for kind in KINDS if kind not in self.house.without]
        order = iter(cycle(kinds))
        while sum(self.kills.values()) < self.options.kills:
            self._follow_until_ended(self.told, chance.uniform(*PAUSES_S), at_once=False)
            # Each kind in turn, so that a short run reaches all; when, is left to chance.
            kind = next(order)
            if self.house.kill(kind):
                self.kills[kind] += 1
                self.killed_at.append(time.monotonic())
        for thread in threads:
            thread.join(self.options.patience_s)
        self._follow_until_ended(self.told, self.options.patience_s)

    def _follow_until_ended(self, told: Told, limit_s: float, *, at_once: bool = True) -> None:
        end = time.monotonic() + limit_s
        follow(
            self.url,
            self.key,
            told,
            lambda: (
                time.monotonic() > end or (at_once and not told.ids.values() - told.ended.keys())
            ),
        )

    def listed(self) -> int:
        """How many assessments there are, by the list."""
        count, path = 0, "/v1/assessments?limit=100"
        with client(self.url, self.key) as api:
            while path:
                answer = insist(lambda: api.get(path), self.told)  # noqa: B023
                if answer is None:
                    time.sleep(0.3)
                    continue
                count += len(answer.json()["data"])
                path = answer.json()["next"]
        return count

    def wait_for_webhooks(self, received: Received) -> None:
        """Give the sender the time of its third try."""
        end = time.monotonic() + 90.0
        while time.monotonic() < end and self.told.ended.keys() - received.ids.keys():
            time.sleep(0.5)

    def erase_all(self) -> None:
        """Delete every assessment, as a platform does at the end of a treatment."""
        with client(self.url, self.key) as api:
            while True:
                answer = insist(lambda: api.get("/v1/assessments?limit=100"), self.told)
                ids = [one["id"] for one in answer.json()["data"]] if answer else [None]
                for assessment_id in filter(None, ids):
                    insist(lambda: api.delete(f"/v1/assessments/{assessment_id}"), self.told)  # noqa: B023
                if not ids:
                    return
                time.sleep(0.2)


def phi_left(plan: Plan, log: Path, received: Received) -> int:
    """Files, logs and webhooks that hold a canary, and blobs that outlived their assessment."""
    words = [CANARY.encode()]
    files = files_with(words, plan.data) + files_with(words, log.parent)
    blobs = list((plan.data / "blobs").glob("*/*"))
    told = sum(CANARY.encode() in body for body in received.bodies)
    return len(files) + len(blobs) + told


def run(
    options: argparse.Namespace, folder: Path, kind: type[Run] = Run
) -> tuple[Reckoning, dict[str, int], int]:
    """Start a house, rage, count; returns the count, the kills by kind and the webhook calls."""
    log = folder / "log" / "parts.log"
    log.parent.mkdir()
    with ExitStack() as stack:
        caller = {**os.environ, **SETTINGS}  # noqa: TID251
        plan = stack.enter_context(plan_for(PROJECT, folder / "data", None, None, caller))
        stack.enter_context(data_folder.held(plan.data))
        stack.enter_context(triton_server.shared_memory(plan.data))
        callback, received = stack.enter_context(receiver(options.seed))
        house = stack.enter_context(House(plan, log, frozenset(options.without)))
        raging = kind(house, options, callback)
        expected = raging.expected()
        raging.rage()
        raging.wait_for_webhooks(received)
        house.wait_until_ready()
        listed = raging.listed() - len(VIDEOS)
        raging.erase_all()
        seen = Seen(
            works=len(raging.works),
            told=raging.told,
            received=received,
            listed=listed,
            expected=expected,
            videos={work.number: work.video.name for work in raging.works},
            killed_at=raging.killed_at,
            phi_left=phi_left(plan, log, received),
        )
        return reckon(seen), raging.kills, received.calls


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--assessments", type=int, default=200)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", nargs="*", default=[], choices=("sweeper",))
    parser.add_argument("--patience-s", type=float, default=300.0, help="after the last kill")
    parser.add_argument("--log", type=Path, help="where the log of all parts is kept")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; 0 when every promise held."""
    options, began = parse(arguments), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mien-chaos-") as folder:
        reckoning, kills, calls = run(options, Path(folder))
        if options.log:
            options.log.write_bytes((Path(folder) / "log" / "parts.log").read_bytes())
    print(f"seed {options.seed}, {time.monotonic() - began:.0f} s, {calls} webhook calls")
    print("kills: " + ", ".join(f"{kind} {count}" for kind, count in kills.items()))
    print("\n".join(reckoning.lines()))
    print("every promise held" if not reckoning.broken else f"BROKEN: {reckoning.broken}")
    return 1 if reckoning.broken else 0


if __name__ == "__main__":
    sys.exit(main())
