"""Every part is restarted in turn while assessments run; then it is counted what was lost.

    python -m tests.chaos.rolling --assessments 200 --rounds 4

Nothing is killed: each part is asked to stop (SIGTERM), has the time that a cluster gives it, and
is started again, as in an upgrade. So nothing may fail, either. Exit status 0: every promise held.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.chaos.__main__ import CLIENTS, Run, run
from tests.chaos.clients import start_clients

GRACE_S: Final = {
    "api": 30, "worker": 120, "worker two": 120, "webhooks": 60, "sweeper": 30, "triton": 60,
    "redis": 60,
}  # fmt: skip
"""What deploy/kubernetes gives each part. Triton computes what it has begun first, which on busy
processors takes longer: it may be killed, and what it had is asked for again."""
ORDER: Final = tuple(GRACE_S)
PAUSE_S: Final = 1.0


def say(text: str) -> None:
    """Tell it now, though nobody may be at a terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Rolling(Run):
    """A run in which every part is restarted, round after round."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.kills = dict.fromkeys(ORDER, 0)

    def rage(self) -> None:
        """Restart while the clients submit, then let all come to their end."""
        patience_s = self.options.patience_s
        threads = start_clients(self.works, CLIENTS, self.url, self.key, self.told)
        for name in ORDER * self.options.rounds:
            self._follow_until_ended(self.told, PAUSE_S, at_once=False)
            seconds = self.house.restart(name, GRACE_S[name])
            assert seconds < GRACE_S[name] or name == "triton", f"{name} does not go when asked"
            self.kills[name] += 1
            self.killed_at.append(time.monotonic())
            self.house.wait_until_ready()
            how = "gone" if seconds < GRACE_S[name] else "KILLED"
            say(f"{name:10} {how} after {seconds:.1f} s, all ready again")
        for thread in threads:
            thread.join(patience_s)
        self._follow_until_ended(self.told, patience_s)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.rolling", description=__doc__)
    parser.add_argument("--assessments", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--patience-s", type=float, default=600.0, help="after the last restart")
    parser.set_defaults(seed=1, without=[])
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; 0 when every promise held and nothing failed."""
    options, began = parse(arguments), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mien-rolling-") as folder:
        reckoning, restarts, calls = run(options, Path(folder), Rolling)
    # How long it takes is told, and no promise: after Triton, every network is examined again.
    broken = [name for name in reckoning.broken if name != "longest_recovery_s"]
    broken += ["failed_by_a_kill"] if reckoning.failed_by_a_kill else []
    say(f"{time.monotonic() - began:.0f} s, {calls} webhook calls")
    say("restarts: " + ", ".join(f"{name} {count}" for name, count in restarts.items()))
    say("\n".join(reckoning.lines()))
    say("every promise held" if not broken else f"BROKEN: {broken}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
