from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.secret_file import kept_secret
from assessment.faults import Misconfigured


def test_a_secret_is_made_once_for_its_owner_only_and_stays(tmp_path: Path):
    first = kept_secret(tmp_path / "seal.key")

    assert len(first) == 32
    assert kept_secret(tmp_path / "seal.key") == first
    assert (tmp_path / "seal.key").stat().st_mode & 0o777 == 0o600
    assert kept_secret(tmp_path / "other.key") != first


def test_many_that_make_it_at_once_agree(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        secrets = list(pool.map(kept_secret, [tmp_path / "seal.key"] * 32))

    assert len(set(secrets)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["seal.key"]


def test_a_damaged_secret_is_told_to_the_operator(tmp_path: Path):
    (tmp_path / "seal.key").write_bytes(b"half")

    with pytest.raises(Misconfigured):
        kept_secret(tmp_path / "seal.key")
