"""The report in a real browser: on a desk, on a telephone, on A4, and without one request."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from assessment.aggregation import Aggregator
from assessment.ledger import Verdict
from assessment.measurement import FaceQuality
from assessment.request import AssessmentRequest
from assessment.timeline import timeline
from service.archive import View
from service.model_cards import ModelCard
from service.report import Background, report
from tests.samples import a_measurement, an_assessment, an_observation, manifests

QUALITY = FaceQuality(84.0, -0.03, 0.52, 2.0, 120.0, 35.0, 0.27)
ADDRESS = "https://a-rather-long-name-of-a-service.example.org"


def a_report() -> str:
    """Return a report of forty frames, a few of them rejected, with a card of each network."""
    served = manifests()
    rows = [
        replace(an_observation(i, Verdict.BLURRED if i % 9 == 4 else Verdict.USED), quality=QUALITY)
        for i in range(40)
    ]
    request = AssessmentRequest(reference="visit 17", video_sha256="f" * 64)
    measurement = a_measurement(*rows)
    result = Aggregator(served, production=False, software="mien test")(measurement, request)
    view = View(an_assessment(), request, json.loads(json.dumps(result.to_dict())), None)
    cards = {name: ModelCard.of(one) for name, one in served.items()}
    lines = timeline(measurement, result).splitlines()
    return report(view, lines, Background(cards=cards, address=ADDRESS))


@pytest.mark.parametrize("width", [1280, 673, 390])  # a desk, A4 within its margins, a telephone
def test_nothing_is_cut_off_and_nothing_is_asked_for(
    browsers: Callable[[list[str]], Browser], width: int
):
    page = browsers([]).new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.emulate_media(media="print" if width == 673 else "screen")

    page.set_content(a_report())

    wide = page.evaluate("document.documentElement.scrollWidth")
    over = page.evaluate(
        "[...document.querySelectorAll('p, dd, td, th, li, h1, h2, figcaption')]"
        ".filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"
    )
    page.close()
    assert (wide <= width + 1, over, asked) == (True, [], [])


def test_it_prints(browsers: Callable[[list[str]], Browser]):
    page = browsers([]).new_page()
    page.set_content(a_report())

    printed = page.pdf(format="A4", prefer_css_page_size=True)

    page.close()
    assert printed.startswith(b"%PDF")
    assert 2 <= printed.count(b"/Type /Page\n") <= 6
