"""What is a whole number to JSON Schema is one here, however it is written."""

import pytest


@pytest.mark.parametrize("written", ["400", "400.0", "4e2", "4.00E+2"])
def test_a_whole_number_may_be_written_as_a_float(house, written):
    answer = house.send(f'{{"sampling": {{"every_ms": {written}}}}}'.encode())

    assert answer.status_code == 202, answer.text
    assert house.request_of(answer.json()["id"]).sampling.every_ms == 400


@pytest.mark.parametrize("written", ["400.5", "4e-1", "1e400", "-1e400", "1e300", "true"])
def test_everything_else_is_none(house, written):
    answer = house.send(f'{{"sampling": {{"every_ms": {written}}}}}'.encode())

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/request")
    assert house.empty


def test_fractions_stay_what_they_are(house):
    region = [0.0, 0.25, 1.0, 0.5]
    answer = house.send({"subject": {"select": "region", "region": region}})

    assert answer.status_code == 202, answer.text
    assert house.request_of(answer.json()["id"]).subject.region == tuple(region)
