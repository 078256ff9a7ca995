import pytest

from assessment.addresses import check_callback_url, public
from assessment.faults import CallbackNotAllowed

FORBIDDEN = [
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "100::1",
    "ff02::1",
    "fec0::1",
    "5f00::1",
    "3fff::1",
    "::127.0.0.1",
    "fe80::1%eth0",
]
ALLOWED = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
]


def test_private_and_special_addresses_are_no_public_ones():
    assert [address for address in FORBIDDEN if public(address)] == []
    assert [address for address in ALLOWED if not public(address)] == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org/",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org/#fragment",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://intranet/",
        "https://example.org:port/",
        "https://example.org:22/",
        "https://example.org/\r\nX: y",
        "https://example.org/" + "a" * 2048,
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://example.org/\U0001f600",
        "https://example.org/\U0001d425?a",
        "file:///etc/passwd",
    ],
)
def test_a_callback_that_may_not_be_called_is_refused(url: str):
    with pytest.raises(CallbackNotAllowed) as caught:
        check_callback_url(url, allow_loopback=False)

    assert caught.value.pointer == "/request/callback/url"


@pytest.mark.parametrize("url", ["https://example.org/hook?a=b", "https://8.8.8.8:8443/"])
def test_a_public_https_callback_is_allowed(url: str):
    check_callback_url(url, allow_loopback=False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/", "http://localhost:9000/x"])
def test_the_embedded_stack_may_call_loopback(url: str):
    check_callback_url(url, allow_loopback=True)


def test_the_embedded_stack_may_not_call_the_private_network():
    with pytest.raises(CallbackNotAllowed):
        check_callback_url("https://10.0.0.1/", allow_loopback=True)
    with pytest.raises(CallbackNotAllowed):
        check_callback_url("http://example.org/", allow_loopback=True)
