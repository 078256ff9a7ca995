"""Recordings from a real server on loopback: redirects, retries, deadlines, stops."""

import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from adapters.fetch import Stopped
from assessment.recording_faults import SourceNotFetched
from tests.collector import closed_port
from tests.unit.adapters.site import (
    MP4,
    MakeFetch,
    Site,
    content,
    dripping,
    fails,
    redirect,
    status,
)


@pytest.mark.parametrize("announced", [True, False])
def test_a_recording_arrives_whole_and_hashed(site: Site, fetch: MakeFetch, announced: bool):
    fetched = fetch()(site.gives(content(announced=announced)), threading.Event())

    assert fetched.path.read_bytes() == MP4
    assert fetched.path.stat().st_mode & 0o777 == 0o600
    assert (fetched.sha256, fetched.size) == (hashlib.sha256(MP4).hexdigest(), len(MP4))
    assert site.headers[0]["accept-encoding"] == "identity"
    assert site.headers[0]["host"] == f"127.0.0.1:{site.port}"


def test_three_redirects_are_followed(site: Site, fetch: MakeFetch):
    site.gives(redirect("/two"), path="/one")
    site.gives(redirect(site.url("/three")), path="/two")
    site.gives(redirect("a.mp4"), path="/three")
    site.gives(content())

    assert fetch()(site.url("/one"), threading.Event()).size == len(MP4)
    assert site.asked == ["/one", "/two", "/three", "/a.mp4"]


def test_a_redirect_in_a_circle_ends_after_three(site: Site, fetch: MakeFetch):
    fails(fetch(), site.gives(redirect("/a.mp4")), SourceNotFetched)

    assert len(site.asked) == 4


@pytest.mark.parametrize("code", [429, 500, 503])
def test_what_may_pass_is_tried_three_times(site: Site, fetch: MakeFetch, code: int):
    fails(fetch(), site.gives(status(code)), SourceNotFetched)

    assert len(site.asked) == 3


def test_what_has_passed_is_forgotten(site: Site, fetch: MakeFetch):
    url = site.gives(status(503, retry_after="0"), status(429), content())

    assert fetch()(url, threading.Event()).size == len(MP4)


def test_the_patience_that_is_asked_for_is_had(site: Site, fetch: MakeFetch):
    url = site.gives(status(503, retry_after="1"), content())
    began = time.monotonic()

    fetch()(url, threading.Event())

    assert time.monotonic() - began > 0.9


def test_a_recording_cut_off_is_fetched_again(site: Site, fetch: MakeFetch):
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(len(MP4)))
        handler.end_headers()
        handler.wfile.write(MP4[:500])
        handler.close_connection = True

    fetched = fetch()(site.gives(cut, content()), threading.Event())

    assert fetched.path.read_bytes() == MP4
    assert list(fetched.path.parent.iterdir()) == [fetched.path]


def test_nobody_there_is_not_fetched(fetch: MakeFetch):
    with closed_port() as url:
        fails(fetch(), url, SourceNotFetched)


def test_silence_ends_each_try_and_the_fetch(site: Site, fetch: MakeFetch):
    over = threading.Event()

    def silent(_: BaseHTTPRequestHandler) -> None:
        over.wait(60)

    fails(fetch(idle_s=0.3), site.gives(silent), SourceNotFetched)

    # A busy site may notice a question only after whoever asked has gone.
    end = time.monotonic() + 30
    while len(site.asked) < 3 and time.monotonic() < end:
        time.sleep(0.01)
    over.set()
    assert len(site.asked) == 3


def test_a_dripping_server_is_left_at_the_deadline(site: Site, fetch: MakeFetch):
    began = time.monotonic()

    fails(fetch(total_s=1.0), site.gives(dripping(0.05)), SourceNotFetched)

    assert time.monotonic() - began < 30


def test_a_fetch_that_is_stopped_leaves_nothing(site: Site, fetch: MakeFetch):
    stop, one = threading.Event(), fetch()
    staged = list[Path]()

    def begun(_: BaseHTTPRequestHandler) -> None:
        staged.extend(one.staging.iterdir())
        if staged:
            stop.set()

    with pytest.raises(Stopped):
        one(site.gives(dripping(0.02, begun)), stop)

    assert staged
    assert list(one.staging.iterdir()) == []


def test_a_pause_between_tries_ends_with_a_stop(site: Site, fetch: MakeFetch):
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()

    with pytest.raises(Stopped):
        fetch(pauses_s=(30.0,))(site.gives(status(503)), stop)
