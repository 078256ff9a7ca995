"""Settings that come as files, as containers bring them."""

from pathlib import Path

import pytest

from assessment.faults import Misconfigured
from assessment.settings import read_settings
from assessment.store_address import with_password


def test_a_secret_is_read_from_its_file(tmp_path: Path):
    (tmp_path / "mien_api_key").write_text("sk_live_from_a_file\n")

    settings = read_settings(tmp_path)

    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == "sk_live_from_a_file"


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "mien_api_key").write_text("sk_live_from_a_file")
    monkeypatch.setenv("MIEN_API_KEY", "sk_live_of_the_environment")

    settings = read_settings(tmp_path)

    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == "sk_live_of_the_environment"


def test_without_a_folder_of_secrets_nothing_is_missed(tmp_path: Path):
    assert read_settings(tmp_path / "absent").api_key is None


def test_the_password_of_redis_gets_into_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MIEN_REDIS_URL", "redis://redis:6379/0")
    (tmp_path / "mien_redis_password").write_text("a/b@c d\n")

    assert read_settings(tmp_path).redis_url == "redis://:a%2Fb%40c%20d@redis:6379/0"


def test_the_password_gets_into_the_usual_address_too(tmp_path: Path):
    (tmp_path / "mien_redis_password").write_text("word")

    assert read_settings(tmp_path).redis_url == "redis://:word@127.0.0.1:6379/0"


@pytest.mark.parametrize(
    "url", ["redis://:own@redis:6379/0", "rediss://user:own@redis/1", "unix:///tmp/s?db=0"]
)
def test_an_address_that_has_a_password_or_needs_none_stays(url: str):
    assert with_password(url, "word") == url


def test_a_secret_that_is_no_value_of_its_setting_is_told_without_its_value(tmp_path: Path):
    (tmp_path / "mien_lease_s").write_text("hush")

    with pytest.raises(Misconfigured, match="MIEN_LEASE_S") as told:
        read_settings(tmp_path)

    assert "hush" not in str(told.value)
