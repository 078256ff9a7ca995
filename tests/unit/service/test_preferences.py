import pytest

from service.preferences import wait_asked_s


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ((), None),
        (("wait=10",), 10),
        (("respond-async, wait=10",), 10),
        (("respond-async", "Wait = 10; strict"), 10),
        (('wait="10"',), 10),
        (("wait=99999",), 60),
        (("wait=" + "9" * 5000,), 60),
        (("wait=00000007",), 7),
        (("wait=x",), None),
        (("wait=-1",), None),
        (("wait=1.5",), None),
        (("wait=0",), None),
        (("wait",), None),
        (("waiting=5",), None),
        (("wait=5, wait=7",), 5),
        (("",), None),
    ],
)
def test_a_wait_is_understood_clamped_or_passed_over(lines: tuple[str, ...], seconds: int | None):
    assert wait_asked_s(lines) == seconds
