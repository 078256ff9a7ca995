"""The running stack with parts that are one line of Python."""

import os
import sys
import time
from pathlib import Path

import pytest

from launch.faults import NotReady, PartDied
from launch.parts import Part
from launch.printers import Silent
from launch.stack import Running, Stack

PATIENCE_S = 30
STAY = "import time; time.sleep(60)"
REFUSE = "import sys; print('{}'); sys.exit(78)"
AFTER_QUICK = """
import pathlib, time
while not pathlib.Path("quick ended").exists():
    time.sleep(0.01)
"""
ORDERLY = """
import pathlib, signal, sys, time
def end(*_):
    with open("ends", "a") as file:
        file.write(sys.argv[1])
    sys.exit()
signal.signal(signal.SIGTERM, end)
pathlib.Path(sys.argv[1]).touch()
time.sleep(60)
"""


def part(
    name: str, code: str, *arguments: str, grace_s: float = PATIENCE_S, niceness: int = 0
) -> Part:
    return Part(name, (sys.executable, "-c", code, *arguments), {}, grace_s, niceness)


def stack_in(folder: Path, *order: str) -> Stack:
    return Stack(Silent(), folder, [(name,) for name in order])


def test_parts_stop_in_the_given_order(tmp_path: Path) -> None:
    with stack_in(tmp_path, "b", "a") as stack:
        for name in ("a", "b"):
            stack.start(part(name, ORDERLY, name))
        stack.wait_until(
            lambda: all((tmp_path / name).exists() for name in "ab"), PATIENCE_S, "parts"
        )

    assert (tmp_path / "ends").read_text() == "ba"
    assert stack.pids() == {}


def test_the_part_that_died_is_named_with_its_last_words(tmp_path: Path) -> None:
    with stack_in(tmp_path, "short", "long") as stack:
        stack.start(part("long", STAY))
        stack.start(part("short", "import sys; sys.exit(print('no luck') or 3)"))

        with pytest.raises(PartDied, match=r"(?s)short ended with code 3.*no luck") as died:
            stack.wait(PATIENCE_S)

    assert died.value.name == "short"


class Marking(Stack):
    """A stack that leaves a file behind for every part whose end it has noticed."""

    def _end(self, one: Running, returncode: int) -> None:
        super()._end(one, returncode)
        Path(self._project, f"{one.part.name} ended").touch()


def test_parts_that_refuse_their_settings_are_all_heard_in_the_order_of_their_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a server that is fine, a part that refuses at once, and one that does after it
    monkeypatch.setattr("launch.stack.REFUSALS_S", PATIENCE_S)
    with Marking(Silent(), tmp_path, [("redis",), ("slow",), ("quick",)]) as stack:
        stack.start(part("redis", STAY))
        stack.start(part("slow", AFTER_QUICK + REFUSE.format("no licence")))
        stack.start(part("quick", REFUSE.format("no address")))

        # when
        with pytest.raises(PartDied) as died:
            stack.wait(PATIENCE_S)

    # then
    said = str(died.value)
    assert died.value.name == "quick"
    assert said.index("no address") < said.index("slow ended with code 78")
    assert said.endswith("no licence")
    assert "redis" not in said


def test_a_part_that_does_not_refuse_is_not_waited_for_longer_than_that_may_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launch.stack.REFUSALS_S", 0.3)
    with stack_in(tmp_path, "fine", "quick") as stack:
        stack.start(part("fine", STAY))
        stack.start(part("quick", REFUSE.format("no address")))

        with pytest.raises(PartDied) as died:
            stack.wait(PATIENCE_S)

    assert str(died.value).endswith("no address")
    assert "fine" not in str(died.value)


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with stack_in(tmp_path, "ghost") as stack:
        stack.start(Part("ghost", ("/no/such/program",), {}))

        with pytest.raises(PartDied, match="cannot start"):
            stack.wait(PATIENCE_S)


def test_a_part_that_ignores_its_end_is_killed_after_its_grace(tmp_path: Path) -> None:
    stubborn = (
        "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "pathlib.Path('up').touch(); time.sleep(60)"
    )

    with stack_in(tmp_path, "stubborn") as stack:
        stack.start(part("stubborn", stubborn, grace_s=0.3))
        stack.wait_until((tmp_path / "up").exists, PATIENCE_S, "stubborn")
        began = time.monotonic()

    assert 0.3 <= time.monotonic() - began < PATIENCE_S


def test_a_part_that_has_only_just_begun_is_told_to_end_too(tmp_path: Path) -> None:
    with stack_in(tmp_path, "young") as stack:
        stack.start(part("young", STAY, grace_s=60))
        began = time.monotonic()

    assert time.monotonic() - began < PATIENCE_S


def test_a_part_yields_as_readily_as_it_is_told_and_so_does_what_it_starts(tmp_path: Path) -> None:
    # given two parts that tell their niceness, and that of a child and of their session
    tell = (
        "import os, pathlib, subprocess, sys, time;"
        "session = pathlib.Path('/proc/self/autogroup');"
        "of_child = subprocess.check_output(['nice'], text=True).strip();"
        "told = os.access(session, os.W_OK);"  # Not where it is mounted to be read only.
        "of_session = session.read_text().split()[-1] if told else sys.argv[2];"
        "text = f'{os.getpriority(os.PRIO_PROCESS, 0)} {of_child} {of_session}';"
        "partial = pathlib.Path(sys.argv[1] + '.part'); partial.write_text(text);"
        "partial.rename(sys.argv[1]);"
        "time.sleep(60)"
    )
    with stack_in(tmp_path, "polite", "eager") as stack:
        stack.start(part("polite", tell, "polite", "7", niceness=7))
        stack.start(part("eager", tell, "eager", "0"))

        # when
        both = [tmp_path / "polite", tmp_path / "eager"]
        stack.wait_until(lambda: all(one.exists() for one in both), PATIENCE_S, "parts")

    # then
    own = os.getpriority(os.PRIO_PROCESS, 0)
    polite = min(own + 7, 19)
    assert [one.read_text() for one in both] == [f"{polite} {polite} 7", f"{own} {own} 0"]


def test_what_never_comes_is_told_by_name(tmp_path: Path) -> None:
    with (
        pytest.raises(NotReady, match="the moon is not ready after 0 s"),
        stack_in(tmp_path) as stack,
    ):
        stack.wait_until(lambda: False, 0.1, "the moon")
