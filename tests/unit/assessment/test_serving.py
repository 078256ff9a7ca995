"""Which version scores: a share by the id, promoted or rolled back, and read from a file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.assessment import AssessmentId
from assessment.faults import Misconfigured
from assessment.manifest_seal import sealed
from assessment.repository import read_repository
from assessment.serving import Serving, place_of
from assessment.serving_file import SERVING, read_serving, write_serving
from assessment.stable import StableManifests
from tests.samples import a_manifest

IDS = [AssessmentId(f"asm_{number:032x}") for number in range(2000)]
SHARES = st.floats(min_value=0.001, max_value=1.0)


def build(folder: Path, *versions: str) -> Path:
    for version in versions:
        path = folder / "hmhn" / version / "manifest.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(sealed({**a_manifest("hmhn").document, "version": version})))
    return folder


def test_a_canary_gets_about_its_share_and_always_the_same_assessments():
    serving = Serving("1").begin("2", 0.1)

    chosen = [serving.version_for(one, "hmhn") for one in IDS]

    assert 0.08 < chosen.count("2") / len(IDS) < 0.12
    assert chosen == [serving.version_for(one, "hmhn") for one in IDS]


@given(SHARES, SHARES)
def test_a_larger_share_only_adds_to_those_of_a_smaller_one(one, another):
    small, large = sorted((one, another))
    few, many = Serving("1").begin("2", small), Serving("1").begin("2", large)

    for assessment_id in IDS[:50]:
        if few.version_for(assessment_id, "hmhn") == "2":
            assert many.version_for(assessment_id, "hmhn") == "2"


def test_canaries_of_two_networks_do_not_fall_on_the_same_assessments():
    both = sum(place_of(one, "hmhn") < 0.5 and place_of(one, "expression") < 0.5 for one in IDS)

    assert 0.2 < both / len(IDS) < 0.3


def test_a_promoted_canary_can_be_rolled_back_and_a_running_one_dropped():
    canary = Serving("1").begin("2", 0.5)

    assert canary.promote() == Serving("2", before="1")
    assert canary.promote().roll_back() == Serving("1")
    assert canary.roll_back() == Serving("1")


def test_a_version_can_be_made_stable_without_a_canary():
    assert Serving("1").promote("3") == Serving("3", before="1")
    assert Serving("1", before="4").promote("1") == Serving("1", before="4")


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1, float("nan"), float("inf")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(Misconfigured, match="share"):
        Serving("1").begin("2", share)


def test_what_does_not_follow_is_refused():
    with pytest.raises(Misconfigured, match="no canary"):
        Serving("1").promote()
    with pytest.raises(Misconfigured, match="neither"):
        Serving("1").roll_back()
    with pytest.raises(Misconfigured, match="already"):
        Serving("1").begin("1", 0.5)


@given(st.none() | st.builds(Serving, st.just("3"), st.just("4"), SHARES, st.just("2")))
def test_a_decision_survives_its_file(tmp_path_factory, serving):
    folder = tmp_path_factory.mktemp("repository") / "hmhn"
    folder.mkdir()
    if serving is not None:
        write_serving(folder, serving)

    assert read_serving(folder) == serving


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"stable": 1}', '{"stable": "0"}', '{"stable": ""}', '{"stable": "1/2"}',
        '{"stable": "1", "canary": 2}', '{"stable": "1", "share": "half"}',
        '{"stable": "1", "share": true}', '{"stable": "1", "share": 2}', '{"stable": "1", "x": 1}',
        '{"stable": "1", "share": NaN}', '{"stable": "²"}',
    ],
)  # fmt: skip
def test_a_file_that_is_no_decision_refuses_its_network_and_no_other(tmp_path: Path, text: str):
    build(tmp_path, "1")
    (tmp_path / "hmhn" / SERVING).write_text(text)

    found = read_repository(tmp_path)

    assert found.sound == {}
    assert SERVING in found.refused["hmhn"].said


def test_the_stable_version_counts_even_when_a_newer_one_is_built(tmp_path: Path):
    build(tmp_path, "1", "2")
    write_serving(tmp_path / "hmhn", Serving("1", "2", 0.5))

    assert read_repository(tmp_path).sound["hmhn"].version == "1"
    assert read_repository(tmp_path, {"hmhn": "2"}).sound["hmhn"].version == "2"


def test_a_stable_version_that_is_not_built_is_refused(tmp_path: Path):
    build(tmp_path, "1")
    write_serving(tmp_path / "hmhn", Serving("7"))

    assert "7, which is not built" in read_repository(tmp_path).refused["hmhn"].said


def test_what_the_service_lists_follows_a_promotion_and_a_roll_back(tmp_path: Path):
    # given
    build(tmp_path, "1")
    manifests = StableManifests(read_repository(tmp_path))
    build(tmp_path, "2")

    # then a version that is merely there is not taken up by a process that runs
    assert manifests["hmhn"].version == "1"

    # when, then
    write_serving(tmp_path / "hmhn", Serving("1").begin("2", 0.5).promote())
    assert manifests["hmhn"].version == "2"
    write_serving(tmp_path / "hmhn", Serving("1"))
    assert manifests["hmhn"].version == "1"


def test_a_decision_that_breaks_leaves_the_service_with_the_one_before(tmp_path: Path):
    build(tmp_path, "1", "2")
    write_serving(tmp_path / "hmhn", Serving("1"))
    manifests = StableManifests(read_repository(tmp_path))

    (tmp_path / "hmhn" / SERVING).write_text("{")

    assert (manifests["hmhn"].version, len(manifests)) == ("1", 1)
