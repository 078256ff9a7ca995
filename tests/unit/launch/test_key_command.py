"""`keys` with addresses that lead to no Redis; what it does with one is in `tests/ports`."""

import pytest

from launch.__main__ import main


@pytest.mark.parametrize(
    "address",
    ["redis://:geheim/wort@127.0.0.1:6379/0", "redis://x:geheim", "http://:geheim@x", "geheim"],
)
def test_an_address_that_is_none_is_told_without_quoting_its_password(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["keys", "list", "--redis-url", address], {})

    said = capsys.readouterr().err
    assert code == 2
    assert "--redis-url is no address of a Redis: redis://HOST:PORT" in said
    assert "geheim" not in said


@pytest.mark.parametrize("address", ["redis://a..b:1", "redis://127.0.0.1:1"])
def test_an_address_at_which_nobody_answers_is_told(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["keys", "list", "--redis-url", address], {})

    assert code == 1
    assert "no Redis answers at --redis-url" in capsys.readouterr().err
