"""A run of crops ends in any way, and the next one goes on where it was."""

import fcntl
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.media.recordings import counted, cut, record
from tests.unit.training.painted import SETTINGS, crop_into, files_of, recordings
from training.faults import CropsInUse

ROOT = Path(__file__).parents[3]


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    records = recordings(tmp_path / "data")

    *_, first = crop_into(tmp_path / "out", tmp_path / "data", records)
    *_, second = crop_into(tmp_path / "out", tmp_path / "data", records)

    assert first == [3, 0, 9]
    assert second == [0, 3, 0]


def test_a_data_set_that_was_copied_elsewhere_is_still_done(tmp_path: Path) -> None:
    records = recordings(tmp_path / "data")
    crop_into(tmp_path / "out", tmp_path / "data", records)
    shutil.copytree(tmp_path / "data", tmp_path / "copy", copy_function=shutil.copyfile)
    copied = [replace(one, path=tmp_path / "copy/Training" / one.path.name) for one in records]

    *_, counts = crop_into(tmp_path / "out", tmp_path / "copy", copied)

    assert counts == [0, 3, 0]


def test_another_source_or_other_settings_make_the_crops_anew(tmp_path: Path) -> None:
    # given
    records = recordings(tmp_path / "data")
    crop_into(tmp_path / "out", tmp_path / "data", records)

    # when
    record(records[1].path, counted(4))
    *_, after_change = crop_into(tmp_path / "out", tmp_path / "data", records)
    smaller = replace(SETTINGS, side=32)
    cache, _, after_setting = crop_into(
        tmp_path / "out", tmp_path / "data", records, settings=smaller
    )

    # then
    assert after_change == [1, 2, 2]
    assert after_setting == [3, 0, 8]
    assert cache.faces(records[0].path).shape == (3, 32, 32, 3)


def test_a_lost_array_is_made_again(tmp_path: Path) -> None:
    records = recordings(tmp_path / "data")
    crop_into(tmp_path / "out", tmp_path / "data", records)
    (tmp_path / "out/Training/201_1.mp4.npy").unlink()

    *_, counts = crop_into(tmp_path / "out", tmp_path / "data", records)

    assert counts == [1, 2, 3]


def test_a_damaged_recording_is_told_passed_over_and_tried_again(tmp_path: Path) -> None:
    records = recordings(tmp_path / "data")
    whole = records[1].path.rename(tmp_path / "whole.mp4")
    cut(records[1].path, whole, 0.3)

    cache, noted, first = crop_into(tmp_path / "out", tmp_path / "data", records)
    shutil.copy(whole, records[1].path)
    *_, second = crop_into(tmp_path / "out", tmp_path / "data", records)

    assert first[0] == 2
    assert noted.lines[0].startswith("passed over Training/201_1.mp4: undecodable")
    assert second[:2] == [1, 2]
    assert cache.used(records[1].path) == 3


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.unit.training import painted as here
from training import crops_cache

root, out, how = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
records = here.recordings_at(root)
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if how == "between":
    crops_cache.write_json = die
if how == "inside":
    Path.replace = die
here.crop_into(out, root, records, here.PaintedFaces(dies_at=5 if how == "looking" else 10**9))
"""


@pytest.mark.parametrize(
    ("how", "pattern"),
    [
        ("looking", r"Training/200_1\.mp4\.json Training/200_1\.mp4\.npy"),
        ("inside", r"Training/\.200_1\.mp4\.npy\.\w+"),
        ("between", r"Training/200_1\.mp4\.npy"),
    ],
)
def test_a_run_that_is_killed_at_any_moment_goes_on_where_it_was(
    tmp_path: Path, how: str, pattern: str
) -> None:
    # given
    root, out = tmp_path / "data", tmp_path / "out"
    records = recordings(root)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(root), str(out), how],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert re.fullmatch(pattern, " ".join(sorted(files_of(out))))

    # when
    crop_into(out, root, records)

    # then
    crop_into(tmp_path / "unbroken", root, records)
    assert files_of(out) == files_of(tmp_path / "unbroken")


def test_two_runs_cannot_fill_one_folder(tmp_path: Path) -> None:
    records = recordings(tmp_path / "data", count=1)
    (tmp_path / "out").mkdir()
    with (tmp_path / "out" / ".lock").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        with pytest.raises(CropsInUse, match="another run is filling"):
            crop_into(tmp_path / "out", tmp_path / "data", records)

    crop_into(tmp_path / "out", tmp_path / "data", records)
