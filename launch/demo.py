"""The whole way once: start the stack, assess one recording over HTTP, show it, stop the stack."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from launch.assess import assess, save, show
from launch.client import Assessments, connect
from launch.embedded import Ready, plan_for, running
from launch.faults import LaunchFault, Unreachable
from launch.printers import Silent

PART_NEWS_S = 2.0
"""How long the end of a part may take to be known after its socket closed."""


def demo(
    project: Path, video: Path, out: Path, console: Console, caller: Mapping[str, str]
) -> None:
    """Assess the recording on a stack of its own, whose data is gone afterwards."""
    if not video.is_file():
        raise LaunchFault(f"no recording at {video}")
    with (
        tempfile.TemporaryDirectory(prefix="mien-demo-") as data,
        plan_for(project, Path(data), None, None, caller) as plan,
    ):
        console.print("Starting Redis, Triton, the API and the worker …")
        with running(plan, Silent()) as ready:
            console.print(f"Ready after {ready.seconds:.1f} s", highlight=False)
            _assess(ready, video, out, console)
            console.print("Stopping …")


def _assess(ready: Ready, video: Path, out: Path, console: Console) -> None:
    with connect(ready.plan.url, ready.plan.api_key, use_proxies=False) as http:
        api = Assessments(http)
        try:
            assessment = assess(api, video, console, ready.stack.wait)
            files = save(api, assessment, out)
        except Unreachable:
            # When the API does not answer, the reason is most likely a part that died.
            ready.stack.wait(PART_NEWS_S)
            raise
    show(console, assessment)
    for file in files:
        console.print(f"Wrote {file}", highlight=False, soft_wrap=True)
