"""Alive, ready, metrics."""

from assessment.faults import StoreUnavailable


def ready(house):
    answer = house.ask("GET", "/readyz", key=None)
    return answer.status_code, answer.json()


def sign_in(house, *names: str) -> None:
    models = {name: house.manifests[name].sha256 for name in names or house.manifests}
    house.roster.sign_in("w1", models, for_s=10)


def refuse(*_: object) -> None:
    raise StoreUnavailable


def test_a_process_without_a_world_lives(house):
    house.records.counts = refuse

    assert house.ask("GET", "/livez", key=None).json() == {"status": "live"}


def test_ready_needs_a_store_a_disk_and_a_worker_with_every_network(house):
    sign_in(house)

    checks = dict.fromkeys(("store", "storage", "networks", "workers"), "ok")
    assert ready(house) == (200, {"status": "ready", "checks": checks, "reasons": []})


def test_without_a_worker_it_is_not_ready(house, watch):
    sign_in(house)
    watch.go_on(11)

    status, body = ready(house)

    assert (status, body["status"]) == (503, "not_ready")
    assert body["checks"]["workers"] == "no worker has signed in"


def test_a_network_out_of_reach_is_named(house):
    sign_in(house, "hmhn", "expression")

    assert ready(house)[1]["checks"]["workers"].endswith("missing: ddl_resnet50")


def test_a_network_of_other_weights_is_missing(house):
    house.roster.sign_in("w1", dict.fromkeys(house.manifests, "f" * 64), for_s=10)

    assert ready(house)[0] == 503


def test_without_a_store_it_is_not_ready(house):
    house.records.counts = house.roster.present = refuse

    status, body = ready(house)

    assert status == 503
    assert body["checks"]["store"] == "Redis does not answer"
    assert body["checks"]["storage"] == "ok"


def test_without_room_it_is_not_ready(house):
    sign_in(house)
    house.build(free_min_bytes=2**62)

    assert ready(house)[1]["checks"]["storage"].startswith("less space")


def test_without_a_folder_it_is_not_ready(house, tmp_path):
    sign_in(house)
    house.build(staging=tmp_path / "missing")

    assert ready(house)[1]["checks"]["storage"] == "recordings cannot be written"


def test_metrics_say_when_the_store_is_away(house):
    house.backlog.look = refuse

    text = house.ask("GET", "/metrics", key=None).text

    assert "mien_store_up 0.0" in text
    assert "mien_assessments{" not in text
