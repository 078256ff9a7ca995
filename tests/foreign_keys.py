"""Every route asked with another tenant's key, for every id there is: what is given away?

    python -m tests.foreign_keys --tenants 20 --assessments 1000

A foreign id must be answered byte for byte like one that never was, and as quickly. Lists,
cursors, filters, idempotency keys, baselines and uploads of others are tried, too. Exit status 0
means that nothing was given away, and that nothing was changed by a stranger.
"""

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

import httpx

from tests.hostile_clients import QUOTAS
from tests.stack.plain_service import plain_service
from tests.tenants import MP4, TUS, Resident, Town, everything, others, reference_of

VARYING: Final = ("x-request-id", "date", "ratelimit", "ratelimit-policy")
CHUNK: Final = TUS | {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
TIMED_EVERY: Final = 5
FEWEST_TIMES: Final = 20
"""Of a route, for its median to say anything."""
LARGEST_GAP_S: Final = 0.005
"""Between the medians of a route; more than this, and than half of the time, would tell."""
THREADS: Final = 4
Case = tuple[str, str, Mapping[str, str], Resident]
"""A method, a route, the ids of its owner, and a stranger."""


@dataclass(slots=True)
class Tally:
    """What was asked, what was given away, and how long answers took."""

    asked: int = 0
    leaks: list[str] = field(default_factory=list[str])
    foreign_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    unknown_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def expect(self, held: object, what: str) -> None:
        """Count a try; note it unless it held."""
        self.asked += 1
        if not held:
            self.leaks.append(what)

    @property
    def gap(self) -> tuple[float, float, str]:
        """The largest difference of a route's median times, the median itself, and the route."""
        gaps = [
            (abs(median(times) - median(self.unknown_s[route])), median(times), route)
            for route, times in self.foreign_s.items()
            if len(self.unknown_s[route]) >= FEWEST_TIMES
        ]
        return max(gaps, default=(0.0, 0.0, ""))


def routes(api: httpx.Client) -> list[tuple[str, str]]:
    """Return every route that takes an id and asks for a key, by the service's own document."""
    paths = api.get("/openapi.json").json()["paths"]
    return [
        (method.upper(), path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "{" in path and operation.get("security")
    ]


def cases(town: Town, walked: Sequence[tuple[str, str]], chance: random.Random) -> Iterator[Case]:
    """Yield every route for every id, each time with the key of some other tenant."""
    for owner in town.residents:
        for method, path in walked:
            for ids in owner.ids["/".join(path.split("/")[:3])]:
                yield method, path, ids, chance.choice(others(town.residents, owner))


def ask(api: httpx.Client, method: str, path: str) -> tuple[httpx.Response, float]:
    """Return the answer and how long it took, in seconds."""
    began = time.perf_counter()
    if "/uploads/" in path:
        answer = api.request(
            method, path, headers=CHUNK, content=b"x" if method == "PATCH" else b""
        )
    else:
        content = b"{}" if method in ("POST", "PATCH") else b""
        headers = {"content-type": "application/json"} if content else {}
        answer = api.request(method, path, headers=headers, content=content)
    return answer, time.perf_counter() - began


def told(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], str]:
    """Return all that an answer says, but for what differs between any two."""
    headers = [(name, value) for name, value in answer.headers.items() if name not in VARYING]
    return answer.status_code, sorted(headers), re.sub(r"req_[0-9a-f]+", "", answer.text)


def walk(town: Town, tally: Tally, chance: random.Random) -> None:
    """Ask every route for every foreign id, and now and then for one that never was."""
    clients = {one.name: town.client(one) for one in town.residents}
    with town.client(town.residents[0]) as api:
        walked = routes(api)

    def compare(numbered: tuple[int, Case]) -> None:
        number, (method, path, ids, stranger) = numbered
        api, route = clients[stranger.name], f"{method} {path}"
        foreign, took_s = ask(api, method, path.format(**ids))
        tally.foreign_s[route].append(took_s)
        unknown = {name: re.sub("[0-9a-f]{32}", f"{number:032x}", one) for name, one in ids.items()}
        if number % TIMED_EVERY == 0 or route not in missing:
            answer, took_s = ask(api, method, path.format(**unknown))
            tally.unknown_s[route].append(took_s)
            missing.setdefault(route, told(answer))
            tally.expect(told(answer) == missing[route], f"{route}: unknown ids differ")
        same = foreign.status_code == 404 and told(foreign) == missing[route]
        tally.expect(same, f"{route}: {foreign.status_code} for a foreign id")

    missing: dict[str, Any] = {}
    order = list(cases(town, walked, chance))
    chance.shuffle(order)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(compare, enumerate(order)))


def other_ways(town: Town, tally: Tally) -> None:
    """Try the ways in which another tenant's ids and words get in beside the path."""
    for one, neighbour in zip(
        town.residents, others(town.residents, town.residents[0]), strict=False
    ):
        with town.client(one) as api, town.client(neighbour) as next_door:
            listed = everything(api, "/v1/assessments", limit=100)
            tally.expect({each["id"] for each in listed} == one.assessments, "the list")
            asked = everything(api, "/v1/assessments", reference=reference_of(neighbour.name))
            tally.expect(not asked, "the filter by reference")
            page = next_door.get("/v1/assessments", params={"limit": 1}).json()["next"]
            if page:
                tally.expect(api.get(page).status_code == 422, "a cursor")
            for path in ("/v1/keys", "/v1/webhook-endpoints"):
                theirs = neighbour.ids[path][0]["id"]
                tally.expect(theirs not in api.get(path).text, f"the list of {path}")
            _borrowed(api, one, neighbour, tally)


def _borrowed(api: httpx.Client, one: Resident, neighbour: Resident, tally: Tally) -> None:
    """Name what belongs to the neighbour in requests of one's own."""
    theirs = neighbour.ids["/v1/assessments"][0]
    upload = {"source": {"upload_id": neighbour.ids["/v1/uploads"][0]["id"]}}
    never = {"source": {"upload_id": "upl_" + "0" * 32}}
    tally.expect(_same(api, upload, never), "an upload as a source")
    baseline, no_baseline = {"baseline": theirs["id"]}, {"baseline": "asm_" + "0" * 32}
    tally.expect(_same(api, baseline, no_baseline, MP4), "a baseline")
    own = one.ids["/v1/assessments"][0]["id"]
    replay, _ = ask(api, "POST", f"/v1/assessments/{own}/deliveries/{theirs['delivery_id']}/replay")
    tally.expect(replay.status_code == 404, "a delivery below an own assessment")


def _same(api: httpx.Client, foreign: Any, unknown: Any, video: bytes = b"") -> bool:
    """Return whether both are refused, in the same words."""
    answers = [_create(api, one, video) for one in (foreign, unknown)]
    return answers[0].is_client_error and told(answers[0]) == told(answers[1])


def _create(api: httpx.Client, options: Any, video: bytes) -> httpx.Response:
    if not video:
        return api.post("/v1/assessments", json=options)
    headers = {"content-type": "video/mp4", "mien-request": json.dumps(options)}
    return api.post("/v1/assessments", content=video, headers=headers)


def main(arguments: Sequence[str] | None = None) -> int:
    """Settle the tenants, ask, and print the counts; 0 when nothing was given away."""
    parser = argparse.ArgumentParser(prog="python -m tests.foreign_keys", description=__doc__)
    parser.add_argument("--tenants", type=int, default=20)
    parser.add_argument("--assessments", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="mien-tenants-") as name:
        folder = Path(name)
        socket = folder / "redis.sock"
        with plain_service(folder, socket, **QUOTAS) as service:
            town = Town(service.url, f"unix://{socket}?db=0", service.data)
            return 0 if measure(town, options) else 1


def measure(town: Town, options: argparse.Namespace, say: Callable[[str], object] = print) -> bool:
    """Ask everything and tell the counts; return whether they are as promised."""
    began, tally = time.monotonic(), Tally()
    town.settle(options.tenants, options.assessments)
    created = sum(len(one.assessments) for one in town.residents)
    say(f"{created} assessments of {len(town.residents)} tenants, {time.monotonic() - began:.0f} s")
    before = standing(town)
    began = time.monotonic()
    walk(town, tally, random.Random(options.seed))
    other_ways(town, tally)
    changed = sum(one != other for one, other in zip(before, standing(town), strict=True))
    gap_s, usual_s, route = tally.gap
    took = f"{time.monotonic() - began:.0f} s"
    say(f"{tally.asked} comparisons on {len(tally.foreign_s)} routes, {took}")
    say(f"leaks {len(tally.leaks)}")
    say(f"changed by a stranger {changed}")
    say(f"largest gap {gap_s * 1000:.2f} ms of a median of {usual_s * 1000:.2f} ms, {route}")
    for leak in sorted(set(tally.leaks)):
        say(f"leak: {leak}")
    held = not (tally.leaks or changed) and gap_s < max(LARGEST_GAP_S, usual_s / 2)
    say("every promise held" if held else "BROKEN")
    return held


def standing(town: Town) -> list[Any]:
    """Return what every tenant sees of its own: nothing of it may change by another's doing."""
    seen: list[Any] = []
    for one in town.residents:
        with town.client(one) as api:
            seen += everything(api, "/v1/assessments", limit=100)
            seen += _without_use(api.get("/v1/keys").json()["data"])
            seen.append(api.get("/v1/webhook-endpoints").json())
            for ids in one.ids["/v1/uploads"]:
                seen.append(
                    api.head(f"/v1/uploads/{ids['id']}", headers=TUS).headers["upload-offset"]
                )
    return seen


def _without_use(keys: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the keys, without when their owners used them last."""
    return [{name: value for name, value in one.items() if name != "last_used_at"} for one in keys]


if __name__ == "__main__":
    sys.exit(main())
