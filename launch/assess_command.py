"""`mien assess`: send, follow, show; every end has its exit code."""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console

from launch.assess import require_result, save, show, watch
from launch.assess_options import order_of
from launch.client import POLL_S, TERMINAL, Assessments, Document, connect
from launch.faults import LaunchFault, Refused, WrongUsage
from launch.following import follow
from launch.progress import Display, display
from launch.resumable import Resumable
from launch.sending import send

REPORTED, WITHHELD, STILL_RUNNING, CANCELED = 0, 3, 4, 130
CONFLICT: Final = 409


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where results go, and where everything else goes."""

    results: Console
    news: Console


def run_assess(
    _project: Path, arguments: argparse.Namespace, console: Console, caller: Mapping[str, str]
) -> int:
    """Assess one recording on a service that runs already."""
    key = arguments.key or caller.get("MIEN_API_KEY")
    if not key:
        raise WrongUsage("no API key: give --key, or set MIEN_API_KEY")
    if not arguments.video.is_file():
        raise WrongUsage(f"no recording at {arguments.video}")
    apart = arguments.json or arguments.detach
    terminal = Terminal(console, Console(stderr=True) if apart else console)
    with connect(arguments.url, key) as http:
        return Command(http, arguments, terminal).run()


@dataclass(frozen=True, slots=True)
class Command:
    """One run of the command."""

    http: httpx.Client
    arguments: argparse.Namespace
    terminal: Terminal
    pause: Callable[[float], None] = time.sleep

    def run(self) -> int:
        """Return the exit code; raises a `LaunchFault` for code 1."""
        created: Document | None = None
        try:
            with display(self.terminal.news) as shown:
                created = self._send(shown)
                if self.arguments.detach:
                    return self._leave(created)
                self._tell(f"Created assessment {created['id']}")
                last = self._followed(created, shown)
        except KeyboardInterrupt:
            return self._canceled(created)
        if last["status"] not in TERMINAL:
            self._tell(f"Still {last['status']} after {self.arguments.wait} s: {created['id']}")
            return STILL_RUNNING
        return self._finish(last)

    def _send(self, shown: Display) -> Document:
        uploads = Resumable(self.http, self.pause)
        return send(self._api, uploads, order_of(self.arguments), shown.sent)

    @property
    def _api(self) -> Assessments:
        return Assessments(self.http, self.pause)

    def _followed(self, created: Document, shown: Display) -> Document:
        if self.arguments.wait is None:
            return watch(follow(self._api, created["id"], self.pause), shown)
        # Asking keeps the limit to the second; a stream may be silent for longer than it.
        until = time.monotonic() + self.arguments.wait
        return watch(_no_longer(self._api.follow(created["id"], self.pause), until), shown)

    def _finish(self, ended: Document) -> int:
        if self.arguments.json:
            self._print_json(ended)
        require_result(ended)
        files = save(self._api, ended, self.arguments.out) if self.arguments.out else []
        if not self.arguments.json:
            show(self.terminal.results, ended)
        for file in files:
            self._tell(f"Wrote {file}")
        return REPORTED if ended["outcome"] == "reported" else WITHHELD

    def _leave(self, created: Document) -> int:
        if self.arguments.json:
            self._print_json(created)
        else:
            self.terminal.results.print(created["id"], highlight=False)
        return REPORTED

    def _canceled(self, created: Document | None) -> int:
        if created is None:
            # It may have had all of it, and only its answer is missing.
            self._tell("Stopped before an answer came; what had arrived whole is assessed.")
            return CANCELED
        identifier = created["id"]
        try:
            self._api.cancel(identifier)
        except Refused as refused:
            if refused.status != CONFLICT:
                raise LaunchFault(f"{identifier} goes on: it could not be canceled") from refused
            self._tell(f"It had ended already: {identifier}")
        else:
            self._tell(f"Canceled {identifier}")
        return CANCELED

    def _print_json(self, assessment: Document) -> None:
        text = json.dumps(assessment, indent=2, ensure_ascii=False)
        self.terminal.results.out(text, highlight=False)

    def _tell(self, text: str) -> None:
        self.terminal.news.print(text, highlight=False, soft_wrap=True, markup=False)


def _no_longer(states: Iterator[Document], until_s: float) -> Iterator[Document]:
    for current in states:
        yield current
        if time.monotonic() + POLL_S > until_s:
            return
