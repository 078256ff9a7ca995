from pathlib import Path

import pytest

from launch import data_folder
from launch.faults import LaunchFault


def test_a_new_folder_is_made_private(tmp_path: Path):
    with data_folder.held(tmp_path / "data"):
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_a_folder_that_holds_something_else_is_refused_and_left_as_it_is(tmp_path: Path):
    (tmp_path / "letters.txt").write_text("not ours")
    tmp_path.chmod(0o755)

    with pytest.raises(LaunchFault, match="choose another"), data_folder.held(tmp_path):
        pass

    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_folder_that_was_ours_is_taken_again(tmp_path: Path):
    with data_folder.held(tmp_path / "data"):
        pass

    with data_folder.held(tmp_path / "data"):
        assert (tmp_path / "data" / "redis").is_dir()
