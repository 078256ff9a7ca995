"""Remaining times in answers."""

from assessment.pace import Run
from tests.unit.service.conftest import House


def test_the_estimate_is_in_the_body_and_in_the_events(house: House):
    house.roster.sign_in("one", {}, for_s=60)
    for _ in range(3):
        house.pace.note(Run(10.0))
    waiting = house.accepted()

    body = house.ask("GET", f"/v1/assessments/{waiting.id}").json()
    sights = house.app.state.desk.followers._look([waiting.id])

    assert body["progress"]["eta_ms"] == {"p50": 15_000, "p90": 15_000}
    assert sights[waiting.id].eta.p50 == 15_000


def test_without_a_pace_the_estimate_is_null(house: House):
    waiting = house.accepted()

    body = house.ask("GET", f"/v1/assessments/{waiting.id}").json()

    assert body["progress"]["eta_ms"] is None
