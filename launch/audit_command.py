"""`audit`: who did what with which assessment, and whether the stream was tampered with."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from adapters.audit_files import kept
from launch.faults import LaunchFault


def add_audit(commands: Any) -> None:
    """Add `audit` to the command line."""
    audit = commands.add_parser(
        "audit",
        help="show who did what, and check that nothing was taken out",
        description="Reads what MIEN_AUDIT=true wrote. Standard output is JSON, one entry a line.",
    )
    audit.add_argument("--data", type=Path, default=Path("data"), help="data folder (./data)")
    audit.add_argument("--subject", help="only of this assessment, upload, key or endpoint")
    audit.add_argument("--key", help="only by the key of this id")


def run_audit(
    _project: Path, arguments: argparse.Namespace, console: Console, _caller: Mapping[str, str]
) -> None:
    """Print the entries that are asked for; a broken chain is a fault."""
    folder = arguments.data / "audit"
    if not folder.is_dir():
        raise LaunchFault(f"{folder} is not there: has a service run with MIEN_AUDIT=true?")
    count, broken = 0, list[str]()
    for file, line, entry, holds in kept(folder):
        count += 1
        if not holds:
            broken.append(f"{file}, line {line}")
        wanted = {"subject": arguments.subject, "key_id": arguments.key}
        if all(entry.get(name) == value for name, value in wanted.items() if value):
            console.print(Text(json.dumps(entry)), soft_wrap=True)
    if broken:
        raise LaunchFault(f"what stands before was changed or taken out: {'; '.join(broken)}")
    Console(stderr=True).print(Text(f"{count} entries, none changed or taken out between others."))
