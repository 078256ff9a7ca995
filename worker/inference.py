"""Faces to Triton over gRPC, several batches in flight, every call with a deadline.

    submit(faces)    ─▶ one call a network, in a pool of threads ─▶ Pending ─▶ scores
    submit_rows(...) ─▶ one call                                 ─▶ Pending ─▶ scores

A client belongs to the process that made it: build a `TritonScorer` after the fork.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from itertools import cycle
from threading import Event
from typing import Any, Final, cast

import cv2
import numpy as np
import numpy.typing as npt
from tritonclient import grpc as triton
from tritonclient.utils import InferenceServerException

from assessment.faults import Fault, InferenceUnavailable, ModelContract
from assessment.manifest import Manifest
from worker.answers import DATA_TYPES, Answer, Rows, Scores, check_metadata, scores_of
from worker.calls import Calls, status_of
from worker.guard import Load
from worker.retries import Failure, fault_of, next_try_s
from worker.video import Pixels

MESSAGE_BYTES: Final = 64 * 2**20
CHANNEL: Final = (
    ("grpc.max_send_message_length", MESSAGE_BYTES),
    ("grpc.max_receive_message_length", MESSAGE_BYTES),
    # A dead connection is noticed in 15 s; the server must allow pings this often.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    # gRPC would wait up to two minutes before it looks for a server that came back.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2_000),
)
CALLS: Final = 6
"""Calls at once: with three batches in flight, two networks' worth."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long Triton is waited for, in seconds.

    `queue_s` bounds the wait in Triton's own queue; a model's configuration may say less. A
    call takes milliseconds on a GPU and many seconds where all shares two cores. A server that
    hangs is noticed sooner than that, by the pings on its channel.
    """

    health_s: float = 2.0
    queue_s: float = 30.0
    call_s: float = 60.0
    patience_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Pending:
    """The scores of one batch, on their way; (n, width) float32 for each network."""

    answers: Mapping[str, "Future[Scores]"]
    unwanted: Event = field(default_factory=Event)

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; return whether `scores` will return at once."""
        done, waiting = wait(self.answers.values(), seconds, return_when=FIRST_EXCEPTION)
        return not waiting or any(answer.exception() for answer in done)

    def scores(self) -> dict[str, Scores]:
        """Return the scores by network, or raise `InferenceUnavailable` or `ModelContract`."""
        failures = [answer.exception() for answer in self.answers.values() if answer.done()]
        for failure in failures:
            if failure is not None:
                raise failure
        return {network: answer.result() for network, answer in self.answers.items()}

    def cancel(self) -> None:
        """Want the scores no longer: nothing is tried again, what has not begun never does."""
        self.unwanted.set()
        for answer in self.answers.values():
            answer.cancel()


class TritonScorer:
    """One process' way to Triton; safe to use from several threads."""

    def __init__(
        self,
        url: str,
        manifests: Mapping[str, Manifest],
        deadlines: Deadlines | None = None,
        calls: Calls | None = None,
    ) -> None:
        self._manifests = manifests
        self._calls = calls or Calls()
        self._deadlines = deadlines or Deadlines()
        self._client = triton.InferenceServerClient(url, channel_args=list(CHANNEL))
        self._pool = ThreadPoolExecutor(CALLS, thread_name_prefix="triton")
        self._loads: dict[str, Load] = {}
        self._turns = cycle(manifests)

    def check(self) -> dict[str, str]:
        """Return the SHA-256 of each network that is served as its manifest says.

        Triton counts for just what is ready, so one question tells both. Tensors are compared
        when a network was loaded anew, and of one in turn: some loads show in no count.
        Raises `InferenceUnavailable` when one is not ready, `ModelContract` when one differs.
        """
        before, self._loads = self._loads, {}
        if not self._ask("is_server_ready"):
            raise InferenceUnavailable("Triton is not ready")
        counted, loads = self._counted(), dict[str, Load]()
        before.pop(next(self._turns, ""), None)
        for name, manifest in self._manifests.items():
            versions = counted.get(name, {})
            if manifest.version not in versions:
                raise InferenceUnavailable(f"Triton has not loaded {name}")
            load = Load("", tuple(sorted(versions)), versions[manifest.version])
            loads[name] = self._described(manifest, load, before.get(name))
        self._loads = loads
        return {name: manifest.sha256 for name, manifest in self._manifests.items()}

    def load(self, network: str) -> Load:
        """Return what Triton said of a network when `check` last asked, or ask now."""
        name = self._manifest(network).name
        if name not in self._loads:
            self.check()
        return self._loads[name]

    def submit(self, faces: Pixels, networks: Sequence[str]) -> Pending:
        """Send (n, 224, 224, 3) uint8 RGB to each network; returns at once."""
        unwanted = Event()
        manifests = [self._manifest(name) for name in networks]
        sized = {size: resized(faces, size) for size in {one.face_size for one in manifests}}
        answers = {
            one.name: self._pool.submit(
                copy_context().run,
                self._score,
                {one.inputs[0].name: sized[one.face_size]},
                one,
                unwanted,
            )
            for one in manifests
        }
        return Pending(answers, unwanted)

    def submit_rows(self, network: str, rows: Rows) -> Pending:
        """Send inputs by name, each (n, ...) of its own data type, to one network."""
        unwanted, manifest = Event(), self._manifest(network)
        answer = self._pool.submit(copy_context().run, self._score, rows, manifest, unwanted)
        return Pending({network: answer}, unwanted)

    def close(self) -> None:
        """Drop what waits and close the channel."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def _counted(self) -> dict[str, dict[str, int]]:
        """Return how many rows each version of each network scored, as Triton counts them."""
        answer = cast("Any", self._ask("get_inference_statistics"))
        counted: dict[str, dict[str, int]] = {}
        for one in answer.model_stats:
            counted.setdefault(one.name, {})[one.version] = one.inference_count
        return counted

    def _described(self, manifest: Manifest, load: Load, before: Load | None) -> Load:
        """Return the load with its engine; what was loaded anew is compared with its manifest."""
        if before and before.scored:  # From 0 rows, no count can fall.
            load = replace(load, engine=before.engine)
            if not load.is_after(before):
                return load
        answer = self._ask("get_model_metadata", manifest.name, manifest.version, as_json=True)
        check_metadata(metadata := cast("Mapping[str, Any]", answer), manifest)
        return replace(load, engine=str(metadata.get("platform", "")))

    def _manifest(self, network: str) -> Manifest:
        if network not in self._manifests:
            raise ModelContract(f"no network {network} is served here")
        return self._manifests[network]

    def _score(self, rows: Rows, manifest: Manifest, unwanted: Event) -> Scores:
        """Call one network until it answers, its retries are used up, or nobody wants it."""
        started, tries = time.monotonic(), 0
        while True:
            tries += 1
            try:
                answer = self._infer(rows, manifest)
            except InferenceServerException as error:
                failure = Failure(status_of(error), tries, time.monotonic() - started)
                delay_s = self._delay_s(failure)
                if delay_s is None or unwanted.wait(delay_s):
                    raise fault_of(failure, manifest.name) from error
            else:
                return scores_of(answer, manifest, len(next(iter(rows.values()))))

    def _delay_s(self, failure: Failure) -> float | None:
        chance = random.random()  # noqa: S311  spreads retries, keeps no secret
        return next_try_s(failure, patience_s=self._deadlines.patience_s, chance=chance)

    def _infer(self, rows: Rows, manifest: Manifest) -> Answer:
        with self._calls.one(manifest.name, len(next(iter(rows.values())))) as headers:
            result = self._client.infer(
                manifest.name,
                [_tensor(name, values) for name, values in rows.items()],
                manifest.version,
                outputs=[triton.InferRequestedOutput(manifest.output)],
                headers=headers,
                timeout=round(self._deadlines.queue_s * 1_000_000),
                client_timeout=self._deadlines.call_s,
            )
        return cast("Answer", result)

    def _ask(self, question: str, *arguments: object, **options: object) -> object:
        """Ask about health; a question has no retry, since it is asked again soon."""
        ask = cast("Callable[..., object]", getattr(self._client, question))
        try:
            return ask(*arguments, client_timeout=self._deadlines.health_s, **options)
        except InferenceServerException as error:
            raise _unanswered(error) from error


def _tensor(name: str, values: npt.NDArray[Any]) -> triton.InferInput:
    tensor = triton.InferInput(name, list(values.shape), DATA_TYPES[values.dtype.name])
    tensor.set_data_from_numpy(values)
    return tensor


def resized(faces: Pixels, size: int) -> Pixels:
    """Return (n, size, size, 3); the mean of the pixels that fall together."""
    if faces.shape[1] == size:
        return np.ascontiguousarray(faces)
    smaller = np.empty((len(faces), size, size, 3), np.uint8)
    for face, small in zip(faces, smaller, strict=True):
        cv2.resize(face, (size, size), dst=small, interpolation=cv2.INTER_AREA)
    return smaller


def _unanswered(error: InferenceServerException) -> Fault:
    status = status_of(error)
    if status in ("NOT_FOUND", "UNAVAILABLE"):
        return InferenceUnavailable(f"Triton has not loaded every network: {status}")
    return fault_of(Failure(status, 1, 0.0), "Triton")
