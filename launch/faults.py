"""What can go wrong when the stack is started or used. Every message is written for a person.

LaunchFault
├── MissingProgram     a program or library is not installed
├── DataFolderInUse    another stack holds the data folder
├── PortInUse          something else listens there
├── PartDied           a part ended by itself
├── NotReady           the stack came up, but did not become ready in time
├── WrongUsage         an argument cannot be right
├── Unreachable        the API does not answer
├── Refused            the API answered with a problem
├── AssessmentFailed   the assessment ended without a result
├── NotVerified        a receipt is not genuine, or not that of the result
└── NotChecked         a receipt could not be checked
"""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import httpx


class LaunchFault(Exception):
    """Something that the person at the terminal has to know; ends the command."""

    exit_code: ClassVar[int] = 1


class WrongUsage(LaunchFault):
    """An argument cannot be right."""

    exit_code = 2


class MissingProgram(LaunchFault):
    """A program or library that the stack needs is not installed."""


class DataFolderInUse(LaunchFault):
    """Another stack holds the data folder."""

    def __init__(self, data: Path, holder: str) -> None:
        super().__init__(
            f"another stack ({holder}) uses the data folder {data}."
            " Stop it, or give another folder: `make up DATA=…`, or --data."
        )


class PortInUse(LaunchFault):
    """Something else listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"port {port} on {host} is in use. Stop what listens there, or give another port:"
            " `make up PORT=…`, or --port."
        )


@dataclass(frozen=True, slots=True)
class Death:
    """How a part ended, and what it said last."""

    name: str
    returncode: int
    last_lines: Sequence[str]

    def __str__(self) -> str:
        """Tell it as a person reads it."""
        ended = how_it_ended(self.returncode)
        return f"{self.name} {ended}. Its last lines:\n{indented(self.last_lines)}"


class PartDied(LaunchFault):
    """A part of the stack ended by itself; others may have, for reasons of their own."""

    def __init__(self, first: Death, *others: Death) -> None:
        self.name = first.name
        self.returncode = first.returncode
        self.last_lines = tuple(first.last_lines)
        super().__init__("\n".join(map(str, (first, *others))))


class NotReady(LaunchFault):
    """The stack did not become ready in time."""


class Unreachable(LaunchFault):
    """The API does not answer."""

    @classmethod
    def of(cls, error: httpx.HTTPError) -> Self:
        """Return the fault that an error on the way there, or back, is."""
        return cls(f"{error.request.url} does not answer: {error or type(error).__name__}")


class Refused(LaunchFault):
    """The API answered with a problem (RFC 9457)."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        code: str,
        *,
        retry_after_s: float | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s
        super().__init__(f"{title} (HTTP {status}, {code or 'no code'}). {detail}".strip())


class AssessmentFailed(LaunchFault):
    """The assessment ended without a result."""


class NotVerified(LaunchFault):
    """A receipt is not genuine, or not that of the result."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"NOT VERIFIED: {reason}.")


class NotChecked(LaunchFault):
    """A receipt could not be checked, so nothing is known of it."""

    exit_code = 2


class Interrupted(Exception):
    """The person asked to stop: Ctrl-C, SIGTERM, or the terminal went away."""


def indented(lines: Sequence[str]) -> str:
    """Return the lines of a part as they stand in a message."""
    return "\n".join(f"    {line}" for line in lines) or "    (nothing)"


def how_it_ended(returncode: int) -> str:
    """Return a phrase for a return code as `subprocess` gives it."""
    if returncode >= 0:
        return f"ended with code {returncode}"
    try:
        return f"was killed by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"was killed by signal {-returncode}"
