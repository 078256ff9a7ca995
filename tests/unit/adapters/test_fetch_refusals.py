"""What a fetch does not do: go where it may not, or take what is too large or no recording."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from adapters import staged_file
from assessment.faults import StorageFull
from assessment.recording_faults import NotAVideo, SourceNotFetched, TooLarge
from tests.unit.adapters.site import (
    LIMIT,
    MP4,
    MakeFetch,
    Site,
    content,
    endless,
    fails,
    redirect,
    status,
)


@pytest.mark.parametrize(
    "location",
    [
        "https://10.0.0.1/a.mp4",
        "https://169.254.169.254/latest/meta-data",
        "http://example.org/a.mp4",
        "https://user:password@example.org/a.mp4",
        "https://example.org:22/a.mp4",
        "file:///etc/passwd",
        "gopher://example.org/",
        "//[::ffff:10.0.0.1]/",
        "http://[broken/",
        "",
    ],
)
def test_a_redirect_to_where_it_may_not_go_is_not_followed(
    site: Site, fetch: MakeFetch, monkeypatch: pytest.MonkeyPatch, location: str
):
    url = site.gives(redirect(location))
    resolved: list[str] = []
    ask = socket.getaddrinfo

    def noted(host: str | bytes, *more: object, **options: object) -> object:
        resolved.append(host.decode() if isinstance(host, bytes) else host)
        return ask(host, *more, **options)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(socket, "getaddrinfo", noted)

    fails(fetch(), url, SourceNotFetched)

    assert site.asked == ["/a.mp4"]
    assert set(resolved) == {"127.0.0.1"}


def test_without_leave_nothing_on_this_machine_is_asked(site: Site, fetch: MakeFetch):
    fails(fetch(allow_loopback=False), site.gives(content()), SourceNotFetched)

    assert site.asked == []


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1"])
def test_a_public_name_that_leads_inside_is_not_called(
    site: Site, fetch: MakeFetch, monkeypatch: pytest.MonkeyPatch, address: str
):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    rebound = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443)),
        (family, socket.SOCK_STREAM, 6, "", (address, site.port)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rebound)

    fails(fetch(allow_loopback=False), "https://videos.example.org:8443/", SourceNotFetched)

    assert site.asked == []


@pytest.mark.parametrize("code", [204, 206, 300, 304, 400, 401, 403, 404, 410])
def test_any_answer_but_200_is_told_at_once(site: Site, fetch: MakeFetch, code: int):
    fails(fetch(), site.gives(status(code)), SourceNotFetched)

    assert len(site.asked) == 1


def test_too_large_by_announcement_is_not_read(site: Site, fetch: MakeFetch):
    def announce(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(LIMIT + 1))
        handler.end_headers()
        handler.wfile.flush()
        time.sleep(0.5)

    began = time.monotonic()
    fails(fetch(), site.gives(announce), TooLarge)

    assert time.monotonic() - began < 5
    assert len(site.asked) == 1


def test_too_large_without_announcement_is_stopped_early(site: Site, fetch: MakeFetch):
    fails(fetch(), site.gives(endless(site)), TooLarge)

    time.sleep(0.2)
    assert site.sent < 20 * 2**20


@pytest.mark.parametrize(
    "body",
    [b"", b"short", b"<html>please log in</html>" * 50, b"#EXTM3U\nhttp://127.0.0.1/\n" * 20],
)
def test_what_is_no_recording_is_refused_by_its_content(site: Site, fetch: MakeFetch, body: bytes):
    fails(fetch(), site.gives(content(body, content_type="video/mp4")), NotAVideo)


def test_a_compressed_answer_is_refused(site: Site, fetch: MakeFetch):
    fails(fetch(), site.gives(content(content_encoding="gzip")), SourceNotFetched)


def test_a_full_disk_is_told_before_anything_is_written(site: Site, fetch: MakeFetch):
    fails(fetch(free_min_bytes=2**62), site.gives(content()), StorageFull)


def test_space_that_an_upload_was_promised_is_not_taken(site: Site, fetch: MakeFetch):
    fails(fetch(promised_bytes=lambda: 2**62), site.gives(content()), StorageFull)


def test_a_disk_that_fills_up_meanwhile_ends_the_fetch(
    site: Site, fetch: MakeFetch, monkeypatch: pytest.MonkeyPatch
):
    looks = iter([True])

    def room(_: Path, __: int) -> None:
        if not next(looks, False):
            raise StorageFull

    monkeypatch.setattr("adapters.fetch.check_room", room)
    monkeypatch.setattr(staged_file, "check_room", room)
    monkeypatch.setattr(staged_file, "LOOK_EVERY_BYTES", 4096)

    fails(fetch(), site.gives(content()), StorageFull)


def test_a_proxy_of_the_environment_is_not_asked(
    site: Site, fetch: MakeFetch, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:9")

    assert fetch()(site.gives(content()), threading.Event()).size == len(MP4)
