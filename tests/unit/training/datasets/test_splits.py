"""Nobody is learned from and tested on; the literature's leaks are those that are known."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from training.datasets.folds import Fold, group_folds, leave_one_person_out
from training.datasets.leaky_ck_plus import FRAMES, frame_folds
from training.datasets.recording import Partition
from training.datasets.registry import DATASETS
from training.datasets.splits import (
    LEAKS,
    Division,
    Protocol,
    avec_honest,
    check_disjoint,
    folds_of,
    person_numbers,
)
from training.faults import PersonInTwoSplits, SplitImpossible

TRAIN, DEVELOPMENT, TEST = Partition


@dataclass(frozen=True, slots=True)
class Row:
    person: str
    label: float = 0.0
    partition: Partition | None = None


def rows(text: str, partition: Partition | None = None) -> list[Row]:
    return [Row(person, partition=partition) for person in text]


def persons_of(records: list[Row], numbers: np.ndarray) -> set[str]:
    return {records[int(number)].person for number in numbers}


PERSONS = some.lists(some.sampled_from("abcdefghijklmnop"), min_size=1, max_size=60)
PARTED = some.lists(
    some.builds(Row, some.sampled_from("abcdefgh"), some.just(0.0), some.sampled_from(Partition)),
    min_size=1,
    max_size=60,
)


@settings(deadline=None)
@given(PERSONS, some.integers(3, 10), some.integers(0, 99))
def test_no_person_is_in_two_splits_of_a_fold_and_every_row_is_tested_once(
    persons: list[str], count: int, seed: int
) -> None:
    if len(set(persons)) < count:
        with pytest.raises(SplitImpossible):
            group_folds(persons, count, seed)
        return

    folds = group_folds(persons, count, seed)

    for fold in folds:
        check_disjoint(persons, fold)
        assert sorted([*fold.train, *fold.development, *fold.test]) == list(range(len(persons)))
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(len(persons)))


@given(PERSONS)
def test_leaving_one_person_out_tests_each_person_once_and_alone(persons: list[str]) -> None:
    if len(set(persons)) == 1:
        with pytest.raises(SplitImpossible):
            leave_one_person_out(persons)
        return

    folds = leave_one_person_out(persons)

    assert [{persons[int(row)] for row in fold.test} for fold in folds] == [
        {person} for person in sorted(set(persons))
    ]
    for fold in folds:
        check_disjoint(persons, fold)
        assert len(fold.train) + len(fold.test) == len(persons)


@given(PARTED)
def test_the_honest_avec_split_is_disjoint_and_keeps_the_official_test(records: list[Row]) -> None:
    try:
        fold = avec_honest(records)
    except SplitImpossible:
        return

    check_disjoint([record.person for record in records], fold)
    assert fold.test.tolist() == [
        number for number, record in enumerate(records) if record.partition is TEST
    ]
    tested = persons_of(records, fold.test)
    used = {*fold.train.tolist(), *fold.development.tolist()}
    assert used == {
        number
        for number, record in enumerate(records)
        if record.partition is not TEST and record.person not in tested
    }


@given(some.lists(some.sampled_from("abc"), min_size=2, max_size=9), some.data())
def test_a_person_in_two_splits_is_always_found(persons: list[str], data: some.DataObject) -> None:
    cut = data.draw(some.integers(1, len(persons) - 1))
    numbers = np.arange(len(persons))
    fold = Fold("by hand", numbers[:cut], numbers[:0], numbers[cut:])

    if set(persons[:cut]) & set(persons[cut:]):
        with pytest.raises(PersonInTwoSplits, match=r"person . is in train and in test"):
            check_disjoint(persons, fold)
    else:
        check_disjoint(persons, fold)


def test_the_same_seed_gives_the_same_folds_and_another_seed_others() -> None:
    persons = list("abcdefghijklmnopqrst")

    tests = [[fold.test.tolist() for fold in group_folds(persons, 5, seed)] for seed in (1, 1, 2)]

    assert tests[0] == tests[1]
    assert tests[0] != tests[2]


def test_honest_avec_moves_development_recordings_of_train_persons_into_train() -> None:
    records = [*rows("abx", TRAIN), *rows("bcx", DEVELOPMENT), *rows("xy", TEST)]

    (fold,) = folds_of(records, Division.AVEC, Protocol.HONEST)

    assert fold.train.tolist() == [0, 1, 3]
    assert fold.development.tolist() == [4]
    assert fold.test.tolist() == [6, 7]


def test_the_literatures_avec_split_tests_persons_that_it_learned_from() -> None:
    records = [*rows("abx", TRAIN), *rows("bcx", DEVELOPMENT), *rows("xy", TEST)]

    (fold,) = folds_of(records, Division.AVEC, Protocol.LITERATURE)

    assert fold.train.tolist() == [0, 1, 2, 3, 4, 5]
    assert len(fold.development) == 0
    with pytest.raises(PersonInTwoSplits, match="person x"):
        check_disjoint([record.person for record in records], fold)


def test_the_literatures_micro_expression_protocol_chooses_the_epoch_on_the_test() -> None:
    (first, _, _) = folds_of(rows("aabbc"), Division.ONE_PERSON_OUT, Protocol.LITERATURE)

    assert first.development.tolist() == first.test.tolist() == [0, 1]
    assert "chosen on test" in first.name


def test_a_part_of_train_develops_where_owners_publish_two_parts() -> None:
    records = [*rows("abcdefghij", TRAIN), *rows("uvw", TEST)]

    (fold,) = folds_of(records, Division.TWO_PARTS, Protocol.HONEST)

    assert fold.test.tolist() == [10, 11, 12]
    assert len(fold.development) == 2
    assert len(fold.train) == 8


def test_random_frames_put_persons_on_both_sides() -> None:
    records = [Row(person) for person in "abcde" for _ in range(20)]

    (fold,) = folds_of(records, Division.PERSONS, Protocol.LITERATURE, seed=3)

    assert len(fold.test) == 20
    with pytest.raises(PersonInTwoSplits):
        check_disjoint([record.person for record in records], fold)


def test_the_literatures_ck_plus_folds_have_the_flaws_of_the_public_code() -> None:
    # given
    labels = np.repeat(np.arange(len(FRAMES)), FRAMES).tolist()

    # when
    folds = frame_folds(labels)

    # then
    assert [len(fold.train) + len(fold.test) for fold in folds] == [981] * 10
    assert [len(fold.test) for fold in folds] == [99] * 10
    times = np.bincount(np.concatenate([fold.test for fold in folds]), minlength=981)
    assert (times == 0).sum() == 24
    assert (times == 2).sum() == 33
    of_ninth = np.bincount(np.array(labels)[folds[8].test], minlength=7)
    assert of_ninth.tolist() == [12, 18, 3, 27, 9, 24, 6]


def test_the_literatures_ck_plus_folds_take_the_classes_in_any_order() -> None:
    labels = np.repeat(np.arange(len(FRAMES)), FRAMES)
    order = np.random.default_rng(1).permutation(len(labels))

    fold = frame_folds(labels[order].tolist())[0]

    assert np.bincount(labels[order][fold.test]).tolist() == [12, 18, 9, 21, 9, 24, 6]


def test_the_literatures_ck_plus_folds_refuse_other_frames() -> None:
    with pytest.raises(SplitImpossible, match="made for"):
        frame_folds([0, 1, 2])


def test_nothing_cannot_be_divided_and_a_partition_may_not_be_empty() -> None:
    with pytest.raises(SplitImpossible, match="no records"):
        folds_of([], Division.PERSONS, Protocol.HONEST)
    with pytest.raises(SplitImpossible, match="no record is in the test partition"):
        folds_of(rows("ab", TRAIN), Division.PARTITIONS, Protocol.HONEST)


def test_persons_are_numbered_by_name() -> None:
    assert person_numbers(rows("cab")).tolist() == [2, 0, 1]


def test_every_data_set_has_a_division_and_every_division_names_its_leak() -> None:
    assert {data_set.division for data_set in DATASETS.values()} == set(Division)
    assert set(LEAKS) == set(Division)
    assert set(DATASETS) == {
        "avec2013",
        "avec2014",
        "fer2013",
        "ferplus",
        "ck_plus",
        "enterface",
        "afew",
        "casme2",
        "samm",
        "smic",
        "megc2019",
    }
