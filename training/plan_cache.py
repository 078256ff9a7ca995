"""When a TensorRT plan is still right, and one builder at a time.

    Key: ONNX sha256, TensorRT, compute capability, driver, precision, shapes
    NAME/N/model.plan ◀─ plan.json: the key, the plan's sha256, how it compared

A plan fits one GPU architecture and one TensorRT; any other key means building it again.
"""

import fcntl
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from training.faults import PlanFailed
from training.fetch import sha256_of
from training.files import read_json, write_json

PLAN, RECORD, LOCK = "model.plan", "plan.json", ".plan.lock"


@dataclass(frozen=True, slots=True)
class Key:
    """What decides a plan; plain values, as they are kept."""

    onnx_sha256: str
    tensorrt: str
    compute_capability: str
    driver: str
    precision: str
    shapes: str


def reason_to_build(folder: Path, key: Key) -> str | None:
    """Say why a version folder's plan must be built, or None when it is right as it is."""
    plan, record = folder / PLAN, folder / RECORD
    if not plan.is_file():
        return "there is no plan yet"
    try:
        document = read_json(record)
        kept, digest = document["key"], document["plan_sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return f"{RECORD} does not say what the plan was built for"
    wanted = asdict(key)
    changed = [name for name in wanted if kept.get(name) != wanted[name]]
    if changed:
        return "other " + ", ".join(
            f"{name} ({kept.get(name)} before, {wanted[name]} now)" for name in changed
        )
    return None if sha256_of(plan) == digest else "the plan was altered"


def put_in_place(built: Path, folder: Path, key: Key, compared: dict[str, Any]) -> None:
    """Move a finished plan into its version folder; both must be on one file system.

    The old record goes first: a plan without a record is built again, never believed.
    """
    record = folder / RECORD
    record.unlink(missing_ok=True)
    digest = sha256_of(built)
    built.chmod(0o644)
    built.replace(folder / PLAN)
    write_json(record, {"key": asdict(key), "plan_sha256": digest, "compared": compared})


@contextmanager
def only_builder(folder: Path, waiting: Callable[[], None]) -> Generator[None]:
    """Hold a version folder; another replica that builds there is waited for.

    The kernel lets the lock go when its holder dies. Raises `PlanFailed` where it cannot lock.
    """
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise PlanFailed(f"cannot write into {folder}: {error}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
