from assessment.assessment import Assessment, Status
from assessment.deliveries import CALLBACK, DeliveryState, Settlement
from assessment.endpoints import DisabledReason, EndpointId
from assessment.events import message
from tests.unit.service.conftest import OTHER_KEY, House


def log(house: House, assessment: Assessment) -> str:
    """Log a delivery to the callback that was given up, and return the path of the log."""
    deliveries = house.records.deliveries
    deliveries.add(message(assessment, CALLBACK, 4))
    taken = deliveries.take(lease_s=60)
    assert taken is not None
    gave_up = Settlement(state=DeliveryState.GAVE_UP, status=302, error="redirect", duration_ms=31)
    deliveries.settle(taken, gave_up)
    return f"/v1/assessments/{assessment.id}/deliveries"


def test_the_log_shows_every_try_without_address_and_body(house: House):
    failed = house.ended(Status.FAILED, fault="undecodable")

    path = log(house, failed)

    assert house.ask("GET", path).json() == {
        "data": [
            {
                "id": f"evt_{failed.id.removeprefix('asm_')}_failed",
                "type": "assessment.failed",
                "assessment_id": failed.id,
                "target": "callback",
                "sequence": 4,
                "state": "gave_up",
                "created_at": "2026-01-01T12:00:00Z",
                "replays": 0,
                "attempts": [
                    {
                        "at": "2026-01-01T12:00:00Z",
                        "status": 302,
                        "error": "redirect",
                        "duration_ms": 31,
                        "next_at": None,
                    }
                ],
            }
        ]
    }


def test_the_log_is_empty_before_the_end(house: House):
    waiting = house.accepted()

    answer = house.ask("GET", f"/v1/assessments/{waiting.id}/deliveries")

    assert answer.json() == {"data": []}


def test_a_delivery_that_was_given_up_is_made_again_under_its_id(house: House):
    path = log(house, house.ended(Status.CANCELED))
    (before,) = house.ask("GET", path).json()["data"]

    answer = house.ask("POST", f"{path}/{before['id']}/replay")

    assert answer.status_code == 202
    assert answer.json() == before | {"state": "pending", "replays": 1}
    again = house.records.deliveries.take(lease_s=60)
    assert again is not None
    assert (again.message.id, again.tries) == (before["id"], 1)


def test_what_is_no_delivery_of_the_assessment_is_not_found(house: House):
    path, other = log(house, house.ended(Status.CANCELED)), house.ended(Status.CANCELED)
    log(house, other)
    elsewhere = f"evt_{other.id.removeprefix('asm_')}_canceled"

    for one in (elsewhere, f"evt_{1:032x}_failed", "evt_1", "%00", "a" * 500):
        answer = house.ask("POST", f"{path}/{one}/replay")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), one


def test_another_tenant_reads_and_replays_nothing(house: House):
    canceled = house.ended(Status.CANCELED)
    path = log(house, canceled)
    own = f"evt_{canceled.id.removeprefix('asm_')}_canceled"

    assert house.ask("GET", path, key=OTHER_KEY).status_code == 404
    assert house.ask("POST", f"{path}/{own}/replay", key=OTHER_KEY).status_code == 404


def test_to_an_endpoint_that_is_disabled_or_deleted_nothing_is_replayed(house: House):
    made = house.ask("POST", "/v1/webhook-endpoints", json={"url": "https://example.org/"}).json()
    endpoint, canceled = EndpointId(made["id"]), house.ended(Status.CANCELED)
    told = message(canceled, endpoint, 1)
    house.records.deliveries.add(told)
    path = f"/v1/assessments/{canceled.id}/deliveries/{told.id}/replay"
    assert house.ask("POST", path).status_code == 202

    house.endpoints.disable(endpoint, DisabledReason.GAVE_UP)
    assert house.ask("POST", path).json()["code"] == "endpoint_disabled"
    house.endpoints.erase(house.endpoints.get(endpoint))
    assert house.ask("POST", path).json()["code"] == "endpoint_disabled"


def test_a_deleted_assessment_has_no_log(house: House):
    canceled = house.ended(Status.CANCELED)
    path = log(house, canceled)

    house.ask("DELETE", f"/v1/assessments/{canceled.id}")

    assert house.ask("GET", path).status_code == 410
    assert house.records.deliveries.stored == {}
