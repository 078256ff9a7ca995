"""The report: whole in itself, careful with words, and without a number of what is withheld."""

import json
import re
from xml.etree import ElementTree

import pytest

from assessment.ledger import Verdict
from service import plots
from service.frames import SLOTS, Frames
from tests.samples import an_observation

MANY = [an_observation(i, Verdict.NO_FACE if i % 7 == 3 else Verdict.USED) for i in range(40)]
TWO_PEOPLE = [an_observation(i, faces=2) for i in range(12)]


def page(house, *observations, **how):
    assessment = house.succeeded(*observations, **how)
    answer = house.ask("GET", f"/v1/assessments/{assessment.id}/report")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def pictures(text: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(one) for one in re.findall(r"<svg.*?</svg>", text, re.DOTALL)]


def titles(text: str) -> list[str | None]:
    name = "{http://www.w3.org/2000/svg}title"
    return [picture.findtext(name) for picture in pictures(text)]


def test_it_shows_every_part(house):
    text = page(house, *MANY)

    assert "Severity estimate of hmhn" in titles(text)
    assert "Severity estimate of ddl_resnet50 by frame" in titles(text)
    assert "Probability of each BDI-II band" in titles(text)
    assert "Expression shown over media time" in titles(text)
    assert "Segments of the expression shown" in titles(text)
    assert "What became of the sampled frames" in titles(text)
    assert "carry no clinical meaning" in text
    assert "Not a medical device, not a diagnosis." in text
    assert "Suicide risk" in text
    assert "0" * 64 in text


def test_it_is_whole_in_itself(house):
    text = page(house)

    assert "<script" not in text
    assert not re.findall(r"src=|<link|<base|<form|@import|url\(", text)
    assert not re.findall(r"(?<!<a )href=", text)
    ours = ("http://www.w3.org/2000/svg", "http://mien/")
    assert all(address.startswith(ours) for address in re.findall(r"https?://[^\s\"<]+", text))


def test_every_picture_can_be_read_aloud(house):
    for picture in pictures(page(house, *MANY)):
        assert picture.get("role") == "img"
        assert picture.findtext("{http://www.w3.org/2000/svg}title")
        assert picture.findtext("{http://www.w3.org/2000/svg}desc")


def test_the_ledger_balances(house):
    text = page(house, *MANY)

    rows = re.findall(r"<td>(?:used|rejected: [a-z ]+)</td><td class=\"n\">(\d+)", text)
    total = re.search(r"sampled = used \+ rejected</th><td class=\"n\">(\d+)", text)
    assert total is not None
    assert sum(map(int, rows)) == int(total[1]) == 40


def test_a_withheld_result_has_reasons_and_no_number_and_no_empty_picture(house):
    text = re.sub(r"<style>.*?</style>", "", page(house, *TWO_PEOPLE), flags=re.DOTALL)

    quality = ("What became of the sampled frames", "Where the face is measured, on a drawn face")
    assert set(titles(text)) <= set(quality)
    assert "Severity estimate: withheld" in text
    assert "Expression shown: withheld" in text
    assert "multiple people" in text
    assert "20.0" not in text
    assert "interval" not in text
    assert "of 63" not in text


def test_a_severity_that_is_withheld_leaves_the_expression(house):
    text = page(house, production=True)

    assert "Severity estimate: withheld" in text
    assert "The operator installs validated weights" in text
    assert not [title for title in titles(text) if "everity" in str(title)]
    assert "Expression shown over media time" in titles(text)


@pytest.mark.parametrize("observations", [(), TWO_PEOPLE])
def test_words_are_careful(house, observations):
    text = page(house, *observations).lower()

    assert "emotion" not in text
    assert "diagnos" not in text.replace("not a diagnosis", "")


def test_what_a_caller_wrote_is_only_text(house):
    assessment = house.accepted({"reference": "<script>alert(1)</script>"})
    house.accepted = lambda *_, **__: assessment

    text = page(house)

    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_long_recording_is_thinned_and_says_so(house):
    text = page(house, *[an_observation(i) for i in range(2000)])

    assert "Each point is the mean of up to" in text
    assert len(text) < 400_000


def test_thinning_loses_no_frame():
    verdicts = [b'"blurred"' if i % 3 else b"null" for i in range(5000)]
    lines = [b'{"at_ms":%d,"rejected":%s}' % pair for pair in enumerate(verdicts)]

    frames = Frames.read(lines, duration_ms=5000, rows=5000)

    assert len(frames.columns) <= SLOTS + 1
    assert frames.count("used") + frames.count("blurred") == 5000


def test_an_empty_timeline_is_no_crash():
    assert Frames.read([], duration_ms=0, rows=0).columns == ()


def test_scores_that_are_rarer_than_the_frames_are_still_a_line():
    # every frame looked at, one in ten scored
    lines = [
        json.dumps(
            {"at_ms": 40 * i, "rejected": None, "severity": {"hmhn": 20.0} if i % 10 == 0 else {}}
        ).encode()
        for i in range(200)
    ]
    frames = Frames.read(lines, duration_ms=8000, rows=200)

    drawn = plots.severity_over_time(frames, {"model": "hmhn", "point": 20.0})

    assert drawn.count("<polyline") == 1
