"""What the report says around the numbers: promises, rejections, limits, cards, digests."""

import json
import re
from dataclasses import replace

import pytest

from adapters.signed_document import digest
from assessment.ledger import REJECTIONS, Verdict
from assessment.measurement import FaceQuality
from service import plain_words
from service.drawn_face import measured_face
from service.frames import Frames
from service.model_cards import ModelCard, cards_behind
from service.rejections import ADVICE, rejected
from tests.samples import a_manifest, an_observation

LIMITS = ("The weights are a demonstration.", "Of <b>real</b> faces nothing is known.")
EVIDENCE = {
    "data": "drawn faces",
    "unit": "clip",
    "n": 60,
    "rmse": {"value": 11.326, "low": 8.898, "high": 13.653},
    "constant_rmse": 18.159,
}


def documented(name: str):
    """Return a manifest with all that its card shows."""
    manifest = a_manifest(name)
    document = manifest.document | {
        "title": f"{name}, the network",
        "limits": list(LIMITS),
        "intended_use": "Trying things out.",
        "calibration": {"data": "drawn persons"},
    }
    return replace(manifest, document=document, evidence=EVIDENCE)


@pytest.fixture
def told(house):
    """A house whose networks say what their limits are."""
    for name in ("hmhn", "ddl_resnet50"):
        house.manifests[name] = documented(name)
    house.build()
    return house


def page(house, *observations, **how):
    assessment = house.succeeded(*observations, **how)
    answer = house.ask("GET", f"/v1/assessments/{assessment.id}/report")
    assert answer.status_code == 200
    return re.sub(r"<style>.*?</style>", "", answer.text, flags=re.DOTALL), assessment


def test_limits_stand_once_with_the_networks_that_they_hold_for(told):
    text, _ = page(told)

    assert text.count(LIMITS[0]) == 1
    assert "(hmhn, ddl_resnet50)" in text
    assert "Of &lt;b&gt;real&lt;/b&gt; faces" in text
    assert "Root mean square error 11.33 (95 % interval 8.90 to 13.65) on 60 clips" in text
    assert "always saying the mean: 18.16" in text


def test_the_card_is_printed_as_an_address_that_answers_without_a_key(told):
    text, _ = page(told)

    addresses = re.findall(r"<a href=\"http://mien(/models/\w+)\">http://mien(/models/\w+)<", text)
    assert {to for to, _ in addresses} == {
        "/models/hmhn", "/models/ddl_resnet50", "/models/expression",
    }  # fmt: skip
    for to, said in addresses:
        card = told.ask("GET", to, key=None)
        assert (to, card.status_code) == (said, 200)
        assert card.headers["content-security-policy"].startswith("default-src 'none'")
    assert LIMITS[0] in told.ask("GET", "/models/hmhn", key=None).text
    assert told.ask("GET", "/models/nobody", key=None).status_code == 404


def test_the_public_address_goes_before_the_one_that_was_called(told):
    told.build(public_url="https://mien.example.org/")

    text, assessment = page(told)

    assert "https://mien.example.org/models/hmhn" in text
    assert f"https://mien.example.org/v1/assessments/{assessment.id}/receipt" in text


def test_a_network_that_was_replaced_has_no_card(told):
    text, assessment = page(told)
    assert "served no more" not in text
    told.manifests["hmhn"] = replace(documented("hmhn"), sha256="1" * 64)
    told.build()

    text = told.ask("GET", f"/v1/assessments/{assessment.id}/report").text

    assert "served no more" in text
    assert "/models/hmhn" not in text


def test_a_wholly_withheld_result_shows_no_networks_evidence(told):
    text, _ = page(told, *[an_observation(i, faces=2) for i in range(12)])

    assert "Root mean square error" not in text
    assert "/models/" not in text


def test_the_digest_is_the_results(house):
    text, assessment = page(house)

    result = json.loads(house.blobs.get(assessment.id, "result.1.json"))
    assert digest(result) in text


def test_every_rejection_says_why_and_what_to_do():
    assert set(ADVICE) == set(REJECTIONS)
    frames = {"sampled": 10, "rejected": {"no_face": 1, "blurred": 3, "too_dark": 0}}

    blurred, no_face = rejected(frames)

    assert (blurred.count, blurred.share, no_face.reason) == (3, 0.3, "no_face")
    assert blurred.advice


def test_the_report_tells_what_rejected_frames_and_what_to_do(house):
    rows = [an_observation(i, Verdict.BLURRED if i % 5 == 0 else Verdict.USED) for i in range(20)]

    text, _ = page(house, *rows)

    assert "The face is out of focus or moving. Rest the camera, and clean its lens." in text


def test_an_interval_promises_what_was_calibrated_and_no_more():
    interval = {"level": 0.9, "low": 9.0, "high": 33.0, "method": "split_conformal", "n": 60}

    said = plain_words.interval(interval, "drawn persons")

    assert said.startswith("At least 9 of 10 intervals of this kind held the true score in 60 ")
    assert "(drawn persons)" in said
    assert "to no others" in said
    assert "no calibration" in plain_words.interval(None, None)
    assert plain_words.odds(0.95) == "95 of 100"


def test_a_band_is_named_or_the_doubt_is():
    shares = {"minimal": 0.1, "mild": 0.2, "moderate": 0.4, "severe": 0.3}

    assert plain_words.band({"bands": shares, "band": "moderate"}) == (
        "Likeliest is moderate, with 40 %."
    )
    doubt = plain_words.band({"bands": shares, "band": None})
    assert doubt == "No band is named: moderate (40 %) and severe (30 %) are about as likely."
    assert plain_words.band({"bands": shares}) is None  # of a version that named none
    assert plain_words.band({"bands": None, "band": None}) is None


def test_no_reliable_change_is_an_answer():
    change = {
        "baseline_id": "asm_1",
        "point_difference": -3.2,
        "smallest_detectable": 12.4,
        "verdict": "no_reliable_change",
    }

    said = plain_words.change(change)

    assert said is not None
    assert said.startswith("-3.2 points against asm_1; only more than 12.4 points count.")
    assert "no reliable change" in said
    assert plain_words.change(None) is None


def test_a_card_of_a_bare_manifest_claims_nothing():
    card = ModelCard.of(a_manifest("expression"))

    assert (card.limits, card.evidence, card.proof) == ((), (), "")
    assert cards_behind({}, {"expression": a_manifest("expression")}) == {}


def test_the_drawn_face_says_medians_and_is_absent_where_no_face_was_measured(house):
    measured = FaceQuality(84.2, -0.03, 0.52, -2.0, 120.0, 35.0, 0.27)
    rows = [replace(an_observation(i), quality=measured) for i in range(12)]

    text, _ = page(house, *rows)
    _, bare = page(house)

    assert "Between the eyes: 84 pixels; Turned to a side: 0.03 eye distances" in text
    assert "nobody&#39;s" in text or "nobody's" in text
    empty = Frames.read([b'{"at_ms":0,"rejected":"no_face"}'], duration_ms=10, rows=1)
    assert measured_face(empty) is None
    assert bare.id
