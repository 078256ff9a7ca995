"""`models list | canary | promote | rollback`: which version of a network scores.

    export ─▶ canary NETWORK --version N --share 0.1 ─▶ promote NETWORK
                          └───────────────────────────────┴──▶ rollback NETWORK

What is decided lies in the model repository, NAME/serving.json. Workers read it for every
assessment and the service for every answer: nothing is started again.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assessment.faults import Misconfigured
from assessment.repository import built_versions, read_repository
from assessment.serving import Serving
from assessment.serving_file import read_serving, write_serving
from launch.faults import LaunchFault

Decide = Callable[[Serving, argparse.Namespace], Serving]
NEEDS_LOADING: Final = """\
Triton must have version {version} loaded, as `python -m training.release --load` does; a worker
that cannot score the golden clip with it goes on with the stable version and says so."""


def add_models(commands: Any) -> None:
    """Add the command to the command line."""
    whole = commands.add_parser("models", help="see and choose the versions that score")
    words = whole.add_subparsers(dest="word", required=True)
    listing = _word(words, "list", "show what is built and what scores")
    listing.add_argument("--json", action="store_true", help="print it as JSON")
    canary = _word(words, "canary", "give a share of assessments to another version")
    canary.add_argument("network", help="such as hmhn")
    canary.add_argument("--version", required=True, help="a version that is built")
    canary.add_argument(
        "--share", type=float, default=0.1, help="share of assessments, above 0 to 1 (0.1)"
    )
    promote = _word(words, "promote", "make the canary, or a version, the stable one")
    promote.add_argument("network")
    promote.add_argument("--version", help="a version that is built, in place of the canary")
    back = _word(words, "rollback", "drop the canary, or return to the version before")
    back.add_argument("network")


def _word(words: Any, name: str, said: str) -> argparse.ArgumentParser:
    one: argparse.ArgumentParser = words.add_parser(name, help=said)
    one.add_argument(
        "--repository",
        type=Path,
        help="model repository (MIEN_MODEL_REPOSITORY, else the project's)",
    )
    return one


def run_models(
    project: Path, arguments: argparse.Namespace, console: Console, caller: Mapping[str, str]
) -> None:
    """Do what was asked."""
    usual = project / caller.get("MIEN_MODEL_REPOSITORY", "model_repository")
    folder = arguments.repository or usual
    if not folder.is_dir():
        raise LaunchFault(f"there is no model repository {folder}: give one with --repository")
    if arguments.word == "list":
        _list(folder, console, as_json=arguments.json)
    else:
        _decide(folder, arguments, console)


def _list(folder: Path, console: Console, *, as_json: bool) -> None:
    rows = [_row(network) for network in sorted(folder.glob("*/")) if built_versions(network)]
    if as_json:
        console.out(json.dumps(rows, indent=2), highlight=False)
        return
    names = ("network", "stable", "canary", "share", "before", "built")
    table = Table(*names, box=None, header_style="bold")
    for row in rows:
        cells = [row[name] for name in names]
        table.add_row(*("" if one is None else str(one) for one in cells))
    console.print(table)


def _row(network: Path) -> dict[str, Any]:
    built = built_versions(network)
    serving = _decided(network)
    share = serving.share if serving.canary else None
    return {
        "network": network.name,
        **asdict(serving),
        "share": share,
        "built": ", ".join(built),
    }


def _decide(folder: Path, arguments: argparse.Namespace, console: Console) -> None:
    network = folder / arguments.network
    if not built_versions(network):
        raise LaunchFault(f"no version of {arguments.network} is built in {folder}")
    try:
        before = _decided(network, other_than=getattr(arguments, "version", None))
        decided = DECISIONS[arguments.word](before, arguments)
    except Misconfigured as fault:
        raise LaunchFault(f"{arguments.network}: {fault}") from fault
    for version in filter(None, (decided.stable, decided.canary)):
        _require_sound(folder, network.name, version)
    try:
        write_serving(network, decided)
    except OSError as error:
        raise LaunchFault(f"cannot write into {network}: {error.strerror}") from error
    console.print(Text(_said(network.name, decided)), soft_wrap=True)


def _decided(network: Path, other_than: str | None = None) -> Serving:
    """Return what is decided, or what comes to the same where nothing is.

    Then the newest version is the stable one; beside a version that is decided about now, the
    newest of the others.
    """
    try:
        decided = read_serving(network)
    except Misconfigured as fault:
        raise LaunchFault(f"{fault}: remove the file, or put it right") from fault
    built = built_versions(network)
    others = [version for version in built if version != other_than]
    return decided or Serving(stable=(others or built)[-1])


def _require_sound(folder: Path, network: str, version: str) -> None:
    refused = read_repository(folder, {network: version}).refused.get(network)
    if refused is not None:
        raise LaunchFault(f"version {version} cannot score: {refused.said}")


def _said(network: str, decided: Serving) -> str:
    if decided.canary is None:
        return f"{network}: version {decided.stable} scores all assessments."
    shares = f"version {decided.canary} scores {decided.share:.1%}, {decided.stable} the others"
    return f"{network}: {shares}.\n{NEEDS_LOADING.format(version=decided.canary)}"


DECISIONS: Final[Mapping[str, Decide]] = {
    "canary": lambda serving, asked: serving.begin(asked.version, asked.share),
    "promote": lambda serving, asked: serving.promote(asked.version),
    "rollback": lambda serving, _: serving.roll_back(),
}
