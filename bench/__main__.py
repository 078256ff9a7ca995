"""`python -m bench`: measures side by side, prints ratios, writes `bench/results.json`.

    python -m bench                    everything, on a quiet machine: about an hour
    python -m bench pipeline memory    these modules only; the others' rows stay as they were
    python -m bench --smoke            what tells a fall, within a minute and a half; writes nothing

A smoke run fails only when a ratio falls by more than a third against `bench/baseline.json`, which
`--smoke --record` writes. Ratios are taken side by side in one run, so any machine will do.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from bench.row import SMOKE, WHOLE, Row, Scale

FOLDER: Final = Path(__file__).parent
RESULTS: Final = FOLDER / "results.json"
BASELINE: Final = FOLDER / "baseline.json"
FALL: Final = 2 / 3
"""A ratio below this part of the baseline has fallen."""

MODULES: Final = (
    "pipeline",
    "inference",
    "memory",
    "golden",
    *sorted(p.stem for p in FOLDER.glob("api_*.py")),
)
IN_SMOKE: Final = ("smoke",)


def main(arguments: list[str] | None = None) -> int:
    """Measure; 1 when a smoke run finds that a ratio has fallen."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("modules", nargs="*", help=", ".join(MODULES))
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--record", action="store_true", help="make the smoke run the baseline")
    options = parser.parse_args(arguments)
    if options.smoke and not options.record and not BASELINE.exists():
        parser.error(f"there is no {BASELINE.name} to compare with: `--smoke --record` writes it")
    chosen = options.modules or (IN_SMOKE if options.smoke else MODULES)
    rows = list(measured(chosen, SMOKE if options.smoke else WHOLE))
    if not options.smoke:
        write(rows)
        return 0
    if options.record:
        BASELINE.write_text(json.dumps(guarded(rows), indent=2) + "\n")
        return 0
    fallen = fell(rows, json.loads(BASELINE.read_text()))
    for name in fallen:
        print(f"bench: fell by more than a third: {name}", file=sys.stderr)
    return 1 if fallen else 0


def measured(names: Iterable[str], scale: Scale) -> Iterable[Row]:
    """Yield the rows of the modules, telling each as it is found."""
    for name in names:
        module = import_module(f"bench.{name}")
        for row in module.rows(scale) if hasattr(module, "rows") else ():
            print(line_of(row), flush=True)
            yield row


def line_of(row: Row) -> str:
    """One row as a person reads it."""
    low, high = row.spread
    verdict = {True: "met", False: "MISSED", None: ""}[row.met]
    sign = "at least" if row.better == "higher" else "at most"
    target = f"  {sign} {row.target:g}: {verdict}" if row.target is not None else ""
    spread = f" ({low:.3g} to {high:.3g}, n={len(row.samples)})" if len(row.samples) > 1 else ""
    return f"{row.name}: {row.median:.3g} {row.unit}{spread}{target}  {row.note}".rstrip()


def write(rows: Iterable[Row], path: Path = RESULTS) -> None:
    """Write the rows in place of those of the same names."""
    before: dict[str, Any] = json.loads(path.read_text())["rows"] if path.exists() else {}
    fresh = {row.name: _document(row) for row in rows}
    document = {
        "machine": {"cores": len(os.sched_getaffinity(0)), "processor": processor()},
        "rows": {**before, **fresh},
    }
    path.write_text(json.dumps(document, indent=2) + "\n")


def _document(row: Row) -> dict[str, Any]:
    low, high = row.spread
    return {**asdict(row), "median": row.median, "low": low, "high": high, "met": row.met}


def processor() -> str:
    """Return the processor's name, as the system tells it."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def guarded(rows: Iterable[Row]) -> dict[str, float]:
    """Return the medians that a later run is compared with."""
    return {row.name: round(row.median, 4) for row in rows if row.guarded}


def fell(rows: Iterable[Row], baseline: dict[str, float]) -> list[str]:
    """Return the names of the ratios that are worse than the baseline by more than a third."""
    fallen: list[str] = []
    for row in rows:
        before = baseline.get(row.name)
        if before is None or not row.guarded:
            continue
        part = row.median / before if row.better == "higher" else before / row.median
        if part < FALL:
            fallen.append(f"{row.name}, {before:.3g} before, {row.median:.3g} now")
    return fallen


if __name__ == "__main__":
    sys.exit(main())
