"""Why a network is not scored with reaches `/readyz` and the metrics."""

from assessment.faults import StoreUnavailable
from assessment.fitness import Unfit

DRIFT = Unfit("hmhn", "golden_drift", "expected 20.5, got 25.0", 20.5, 25.0, 0.05)
TAMPERED = Unfit("hmhn", "manifest_tampered", "the manifest is not as it was when it was built")


def sign_in(house, worker: str, *unfit: Unfit) -> None:
    sick = {one.network for one in unfit}
    models = {name: one.sha256 for name, one in house.manifests.items() if name not in sick}
    house.roster.sign_in(worker, models, for_s=10, unfit=unfit)


def refuse(*_: object) -> None:
    raise StoreUnavailable


def ready(house):
    answer = house.ask("GET", "/readyz", key=None)
    return answer.status_code, answer.json()


def metrics(house) -> str:
    return house.ask("GET", "/metrics", key=None).text


def test_a_golden_drift_keeps_it_from_being_ready_and_says_what_was_expected_and_what_came(house):
    sign_in(house, "w1", DRIFT)

    status, body = ready(house)

    assert status == 503
    assert "hmhn: golden_drift, expected 20.5, got 25.0" in body["checks"]["workers"]
    (reason,) = body["reasons"]
    assert (reason["network"], reason["code"]) == ("hmhn", "golden_drift")
    assert (reason["expected"], reason["got"], reason["tolerance"]) == (20.5, 25.0, 0.05)
    assert reason["workers"] == 1
    assert reason["advice"]


def test_one_worker_that_drifts_beside_one_that_does_not_is_told_and_does_not_stop_it(house):
    sign_in(house, "w1", DRIFT)
    sign_in(house, "w2")

    status, body = ready(house)

    assert status == 200
    assert [one["code"] for one in body["reasons"]] == ["golden_drift"]


def test_a_reason_of_many_workers_is_told_once_and_counted(house):
    for worker in ("w1", "w2", "w3"):
        sign_in(house, worker, DRIFT)

    (reason,) = ready(house)[1]["reasons"]

    assert reason["workers"] == 3


def test_a_manifest_that_the_service_itself_refuses_keeps_it_from_being_ready(house):
    sign_in(house, "w1")
    house.refused = (TAMPERED,)
    house.build()

    status, body = ready(house)

    assert status == 503
    assert body["checks"]["networks"].startswith("hmhn: manifest_tampered")
    assert (body["checks"]["workers"], body["reasons"][0]["workers"]) == ("ok", 0)


def test_a_worker_without_its_detector_says_so_for_no_network_in_particular(house):
    house.roster.sign_in("w1", {}, for_s=10, unfit=[Unfit("", "misconfigured", "no face detector")])

    status, body = ready(house)

    assert status == 503
    assert "misconfigured, no face detector" in body["checks"]["workers"]
    assert body["reasons"][0]["network"] is None


def test_the_metric_counts_the_workers_that_drift_and_is_zero_for_the_others(house):
    sign_in(house, "w1", DRIFT)
    sign_in(house, "w2", DRIFT)
    sign_in(house, "w3", TAMPERED)

    text = metrics(house)

    assert 'mien_golden_drift{network="hmhn"} 2.0' in text
    assert 'mien_golden_drift{network="expression"} 0.0' in text
    assert 'mien_unfit_networks{code="manifest_tampered",network="hmhn"} 1.0' in text


def test_without_a_store_there_are_no_reasons_and_no_gauges_of_drift(house):
    house.records.counts = house.roster.present = house.roster.unfit = refuse

    assert ready(house)[1]["reasons"] == []
    assert "mien_golden_drift{" not in metrics(house)
