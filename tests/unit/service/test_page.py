"""The page: its headers, the files that are served and those that are not, and its switch."""

import base64
import hashlib
import re

import pytest

from service.page import FOLDER, MEDIA_TYPES, files_of

NAMES = sorted(path.name for path in FOLDER.iterdir())
MODULES = [name for name in NAMES if name.endswith(".js")]


def policy_of(answer):
    pairs = (one.split(" ", 1) for one in answer.headers["content-security-policy"].split("; "))
    return {name: rest.split() for name, rest in pairs}


def test_the_page_is_served_without_a_key(house):
    answer = house.ask("GET", "/", key=None)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Research use. Not a medical device, not a diagnosis" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["permissions-policy"].startswith("camera=(self), microphone=()")


def test_its_policy_allows_only_what_is_the_services_own(house):
    policy = policy_of(house.ask("GET", "/", key=None))

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["style-src"][0] == "'self'"
    assert policy["connect-src"] == ["'self'"]
    assert policy["media-src"] == policy["frame-src"] == ["blob:"]
    assert policy["trusted-types"] == ["'none'"]
    for name in ("frame-ancestors", "base-uri", "form-action"):
        assert policy[name] == ["'none'"]
    assert not any("unsafe" in one for values in policy.values() for one in values)


def test_the_one_inline_style_that_is_let_in_is_the_reports(house):
    assessment = house.succeeded()
    report = house.ask("GET", f"/v1/assessments/{assessment.id}/report").text
    (style,) = re.findall(r"<style>(.*?)</style>", report, re.DOTALL)

    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert policy_of(house.ask("GET", "/", key=None))["style-src"] == [
        "'self'",
        f"'sha256-{digest}'",
    ]
    assert " style=" not in report


@pytest.mark.parametrize("name", [name for name in NAMES if name != "index.html"])
def test_every_file_of_the_page_is_served_as_what_it_is(house, name):
    answer = house.ask("GET", f"/page/{name}", key=None)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == MEDIA_TYPES[f".{name.rpartition('.')[2]}"]
    assert answer.content == (FOLDER / name).read_bytes()
    assert answer.headers["cache-control"] == "no-cache"
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("path", ["/", "/page/style.css"])
def test_what_a_browser_already_has_is_not_sent_again(house, path):
    first = house.ask("GET", path, key=None)
    tag = first.headers["etag"]

    same = house.ask("GET", path, key=None, headers={"if-none-match": f'"other", W/{tag}'})
    changed = house.ask("GET", path, key=None, headers={"if-none-match": '"other"'})

    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert changed.status_code == 200


def test_head_tells_the_length_and_sends_nothing(house):
    answer = house.ask("HEAD", "/", key=None)

    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["content-length"]) > 500


@pytest.mark.parametrize(
    "path",
    [
        "/page/",
        "/page/index.html",
        "/page/missing.js",
        "/page/../page.py",
        "/page/..%2Fpage.py",
        "/page/%2e%2e%2fapp.py",
        "/page/..%5capp.py",
        "/page//etc/passwd",
        "/page/style.css%00.js",
        "/page/STYLE.CSS",
    ],
)
def test_what_is_not_in_the_list_is_not_there(house, path):
    answer = house.ask("GET", path, key=None)

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_a_file_cannot_be_written_to(house):
    answer = house.ask("PUT", "/page/style.css", key=None, content=b"body{}")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_the_list_has_no_folder_no_link_and_no_other_kind_of_file(tmp_path):
    (tmp_path / "index.html").write_text("page")
    (tmp_path / "notes.txt").write_text("not for the world")
    (tmp_path / "folder.js").mkdir()
    (tmp_path / "link.js").symlink_to("/etc/hostname")

    assert set(files_of(tmp_path)) == {"index.html"}


def test_the_page_can_be_switched_off(house):
    house.build(page=False)

    answers = [house.ask("GET", path, key=None) for path in ("/", "/page/main.js")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert house.ask("GET", "/livez", key=None).status_code == 200


def test_the_page_is_no_part_of_the_api(house):
    paths = house.ask("GET", "/openapi.json", key=None).json()["paths"]

    assert not [path for path in paths if path == "/" or path.startswith("/page")]


@pytest.mark.parametrize("name", MODULES)
def test_no_module_writes_markup_or_asks_elsewhere(name):
    source = (FOLDER / name).read_text()

    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", source)
    assert not re.search(r"localStorage|document\.cookie|new EventSource", source)
    addresses = re.findall(r"https?://[^\s\"']+", source)
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("name", MODULES)
def test_every_import_is_of_a_file_that_is_served(name):
    imported = re.findall(r'from "\./([^"]+)"', (FOLDER / name).read_text())

    assert set(imported) <= set(MODULES)


def test_the_start_page_has_no_inline_script_or_style(house):
    page = house.ask("GET", "/", key=None).text

    assert not re.search(r"<style|style=|\son\w+=", page)
    assert re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL) == [""]
