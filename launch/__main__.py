"""`mien up | demo | assess | keys | …` (`./mien`, or `python -m launch`): the command line.

Exit codes: 0 done, or stopped as asked; 1 a fault, told on standard error; 2 wrong usage.
`assess` and `verify` have more: see their `--help`.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from honcho.printer import Printer
from rich.console import Console
from rich.text import Text

from launch.agreement_command import add_agreement, run_agreement
from launch.assess_command import run_assess
from launch.assess_options import add_assess
from launch.audit_command import add_audit, run_audit
from launch.capacity_command import run_capacity
from launch.capacity_options import add_capacity
from launch.demo import demo
from launch.embedded import Ready, plan_for, running
from launch.faults import Interrupted, LaunchFault
from launch.key_command import run_keys
from launch.key_options import add_keys
from launch.models_command import add_models, run_models
from launch.receipts_command import add_receipts, run_receipts
from launch.verify_command import add_verify, run_verify

PROJECT: Final = Path(__file__).resolve().parent.parent
FOREVER_S: Final = 3600.0


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    whole = argparse.ArgumentParser(prog="mien", description="The embedded stack, and its tools.")
    commands = whole.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="run the stack in the foreground until Ctrl-C")
    up.add_argument("--port", type=_port, default=8080, help="port of the API (8080)")
    up.add_argument("--data", type=Path, default=Path("data"), help="data folder (./data)")
    show_all = commands.add_parser("demo", help="start a stack, assess one recording, stop it")
    show_all.add_argument("--video", type=Path, required=True, help="the recording")
    show_all.add_argument("--out", type=Path, default=Path("demo"), help="folder of the results")
    add_assess(commands)
    add_keys(commands)
    add_verify(commands)
    add_receipts(commands)
    add_agreement(commands)
    add_models(commands)
    add_capacity(commands)
    add_audit(commands)
    return whole


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else 0
    if not 0 < port < 2**16:
        raise argparse.ArgumentTypeError(f"{text} is no port")
    return port


def run_up(
    project: Path, arguments: argparse.Namespace, console: Console, caller: Mapping[str, str]
) -> None:
    """Run the stack until it is stopped or a part dies."""
    given_key = caller.get("MIEN_API_KEY") or None
    with plan_for(project, arguments.data, arguments.port, given_key, caller) as plan:
        console.print(f"Starting, with data in {plan.data}", highlight=False, soft_wrap=True)
        with running(plan, Printer(sys.stdout)) as ready:
            _announce(ready, console, show_key=given_key is None)
            while True:
                ready.stack.wait(FOREVER_S)


def _announce(ready: Ready, console: Console, *, show_key: bool) -> None:
    plan = ready.plan
    lines = [
        f"Ready after {ready.seconds:.1f} s",
        f"  API      {plan.url}",
        f"  Contract {plan.url}/openapi.json",
        f"  Data     {plan.data}",
    ]
    if show_key:
        lines.append(f"  API key  {plan.api_key}  (made for this run; MIEN_API_KEY sets your own)")
    lines.append("Stop with Ctrl-C.")
    console.print(Text("\n".join(lines)), soft_wrap=True)


def run_demo(
    project: Path, arguments: argparse.Namespace, console: Console, caller: Mapping[str, str]
) -> None:
    """Assess one recording on a stack made for it."""
    demo(project, arguments.video, arguments.out, console, caller)


COMMANDS: Final = {
    "up": run_up,
    "demo": run_demo,
    "assess": run_assess,
    "keys": run_keys,
    "verify": run_verify,
    "receipts": run_receipts,
    "agreement": run_agreement,
    "models": run_models,
    "capacity": run_capacity,
    "audit": run_audit,
}


def main(arguments: Sequence[str], caller: Mapping[str, str], project: Path = PROJECT) -> int:
    """Run a command and return its exit code."""
    chosen = parser().parse_args(arguments)
    console = Console()
    try:
        return COMMANDS[chosen.command](project, chosen, console, caller) or 0
    except (Interrupted, KeyboardInterrupt):
        console.print("Stopped.")
    except LaunchFault as fault:
        Console(stderr=True).print(Text(str(fault)), style="red", soft_wrap=True)
        return fault.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], dict(os.environ)))  # noqa: TID251 - the composition root
