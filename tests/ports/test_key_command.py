"""`keys` of the command line on a Redis that runs, as an operator uses it."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from adapters.redis_keys import RedisKeys
from adapters.redis_store import connect
from assessment.access import Scope
from assessment.access_faults import Unauthenticated
from assessment.assessment import Tenant
from launch.__main__ import main
from launch.data_folder import note_redis_url
from tests.conftest import NOON

PROJECT = Path(__file__).resolve().parents[2]


class Operator:
    """Runs the command and keeps what it said."""

    def __init__(self, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.url = url
        self._capsys = capsys
        self.said = ""

    def __call__(self, *arguments: str, **caller: str) -> str:
        """Return standard output of a command that succeeds."""
        code, out = self.run(*arguments, **(caller or {"MIEN_REDIS_URL": self.url}))
        assert code == 0, self.said
        return out

    def run(self, *arguments: str, **caller: str) -> tuple[int, str]:
        """Return the exit code and standard output."""
        code = main(["keys", *arguments], caller)
        out, self.said = self._capsys.readouterr()
        return code, out

    def ids(self, *arguments: str) -> list[str]:
        return re.findall(r"key_[0-9a-f]{32}", self("list", *arguments))


@pytest.fixture
def operator(
    redis_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Operator:
    connect(redis_url).flushdb()
    monkeypatch.setenv("COLUMNS", "60")  # narrower than a row, which is shown whole anyway
    return Operator(redis_url, capsys)


@pytest.fixture
def keys(redis_url: str) -> RedisKeys:
    return RedisKeys(connect(redis_url), lambda: NOON)


def test_standard_output_is_the_new_key_alone(operator: Operator, keys: RedisKeys):
    out = operator("create", "--name", "kiosk", "--tenant", "clinic")

    caller = keys.caller_of(out.removesuffix("\n"))
    assert (caller.tenant, caller.scopes) == ("clinic", {Scope.CREATE, Scope.READ})
    assert caller.key_id in operator.said
    assert out.strip() not in operator.said


def test_scopes_environment_and_end_are_as_asked(operator: Operator, keys: RedisKeys):
    made = operator("create", "--test", "--scope", "admin", "--expires-in-days", "3")

    caller = keys.caller_of(made.strip())
    assert made.startswith("sk_test_")
    assert (caller.tenant, caller.scopes) == ("default/sandbox", {Scope.ADMIN})
    [key] = keys.list(Tenant("default"))
    assert key.expires_at is not None
    assert (key.expires_at - key.created_at).days == 3


def test_a_list_shows_the_tenants_keys_and_no_secret(operator: Operator):
    secret = operator("create", "--name", "kiosk").strip()
    operator("create", "--test", "--scope", "read")
    operator("create", "--tenant", "other")

    shown = operator("list")

    assert len(operator.ids()) == 2
    for word in ("kiosk", "live", "test", "create read", f"…{secret[-4:]}", "never", "active"):
        assert word in shown
    assert secret not in shown
    assert operator("list", "--tenant", "nobody") == ""
    assert "keys create" in operator.said


def test_a_rotation_prints_the_new_key(operator: Operator, keys: RedisKeys):
    old = operator("create").strip()
    [key_id] = operator.ids()

    new = operator("rotate", key_id, "--overlap-s", "0").strip()

    assert keys.caller_of(new).key_id in operator.ids()
    assert "expired" in operator("list")
    listed = {key.id: key for key in keys.list(Tenant("default"))}
    assert listed[keys.caller_of(new).key_id].name == "operator"
    assert old != new


def test_a_revoked_key_is_nobodys_even_if_it_is_the_last_admin(operator: Operator, keys: RedisKeys):
    secret = operator("create", "--scope", "admin").strip()
    [key_id] = operator.ids()

    operator("revoke", key_id)

    assert operator.ids() == []
    with pytest.raises(Unauthenticated):
        keys.caller_of(secret)


def test_the_stack_of_a_data_folder_is_found(operator: Operator, tmp_path: Path):
    note_redis_url(tmp_path, operator.url)

    made = operator("create", "--data", str(tmp_path), HOME="/")

    assert made.startswith("sk_live_")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["revoke", "key_unknown"], 1, "keys list"),
        (["list", "--data", "/nowhere"], 1, "make up"),
        (["list", "--redis-url", "unix:///nowhere/redis.sock"], 1, "is the stack running"),
        (["list", "--redis-url", "http://:secret@host"], 2, "no address of a Redis"),
    ],
)
def test_what_goes_wrong_is_said_with_what_to_do(
    operator: Operator, arguments: list[str], code: int, said: str
):
    found, out = operator.run(*arguments, MIEN_REDIS_URL=operator.url)

    assert (found, out) == (code, "")
    assert said in operator.said
    assert "secret" not in operator.said


def test_a_key_of_the_settings_is_left_to_them(operator: Operator, keys: RedisKeys):
    keys.configure("sk_live_settings", Tenant("default"))
    [key_id] = operator.ids()

    code, _ = operator.run("revoke", key_id, MIEN_REDIS_URL=operator.url)

    assert code == 1
    assert "MIEN_API_KEY" in operator.said


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["create", "--scope", "root"],
        ["create", "--tenant", "a/sandbox"],
        ["create", "--tenant", ""],
        ["create", "--name", "a\nb"],
        ["create", "--name", "n" * 65],
        ["create", "--expires-in-days", "0"],
        ["rotate", "key_a", "--overlap-s", "-1"],
        ["rotate"],
        ["list", "--data", "a", "--redis-url", "b"],
    ],
)
def test_wrong_usage_ends_with_2(operator: Operator, arguments: list[str]):
    with pytest.raises(SystemExit) as ended:
        operator.run(*arguments)

    assert ended.value.code == 2


def test_the_script_runs_from_any_folder(operator: Operator, tmp_path: Path):
    made = mien("keys", "create", "--redis-url", operator.url, cwd=tmp_path)
    refused = mien("keys", "revoke", "key_x", "--redis-url", operator.url, cwd=tmp_path)

    assert made.returncode == 0, made.stderr
    assert re.fullmatch(r"sk_live_[A-Za-z0-9_-]{43}\n", made.stdout)
    assert refused.returncode == 1


def test_the_script_says_what_to_do_when_nothing_is_installed(tmp_path: Path):
    script = tmp_path / "mien"
    script.write_bytes((PROJECT / "mien").read_bytes())
    script.chmod(0o755)

    refused = subprocess.run([script, "keys", "list"], capture_output=True, text=True, check=False)

    assert refused.returncode == 1
    assert "make install" in refused.stderr


def mien(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROJECT / "mien", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"]},  # noqa: TID251
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
