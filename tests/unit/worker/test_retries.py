import pytest

from assessment.faults import InferenceUnavailable, ModelContract
from worker.retries import Failure, fault_of, next_try_s


@pytest.mark.parametrize(
    ("status", "tries"),
    [
        ("UNAVAILABLE", 5),
        ("RESOURCE_EXHAUSTED", 5),
        ("DEADLINE_EXCEEDED", 2),
        ("INTERNAL", 2),
        ("UNKNOWN", 2),
        ("INVALID_ARGUMENT", 1),
        ("NOT_FOUND", 1),
        ("UNIMPLEMENTED", 1),
        ("PERMISSION_DENIED", 1),
    ],
)
def test_each_status_is_tried_as_often_as_the_table_says(status: str, tries: int) -> None:
    made = 1
    while next_try_s(Failure(status, made, 0.0), patience_s=20, chance=0.5) is not None:
        made += 1

    assert made == tries


def test_delays_grow_threefold_up_to_five_seconds() -> None:
    delays = [
        next_try_s(Failure("UNAVAILABLE", tries, 0.0), patience_s=20, chance=1.0)
        for tries in range(1, 5)
    ]

    assert delays == [0.5, 1.5, 4.5, 5.0]


def test_chance_spreads_a_delay_down_to_nothing() -> None:
    assert next_try_s(Failure("UNAVAILABLE", 3, 0.0), patience_s=20, chance=0.0) == 0.0


def test_no_try_starts_after_the_patience() -> None:
    assert next_try_s(Failure("UNAVAILABLE", 2, 19.5), patience_s=20, chance=0.9) is None


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        ("INVALID_ARGUMENT", ModelContract),
        ("NOT_FOUND", ModelContract),
        ("UNAVAILABLE", InferenceUnavailable),
        ("DEADLINE_EXCEEDED", InferenceUnavailable),
        ("INTERNAL", InferenceUnavailable),
    ],
)
def test_only_a_request_that_does_not_fit_is_final(
    status: str, fault: type[InferenceUnavailable | ModelContract]
) -> None:
    assert isinstance(fault_of(Failure(status, 1, 0.0), "hmhn"), fault)
