"""From a csv of scores to an evaluation and its pictures."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from training.evaluation.evaluate import main
from training.evaluation.scores import read_scores
from training.evaluation.units import Unit
from training.faults import NothingToWeigh


def write(path: Path, header: str, rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([header.split(","), *rows])
    return path


def severity_csv(path: Path, persons: range, seed: int = 0) -> Path:
    """Two frames of one file a person; the odd persons are filmed at night."""
    random = np.random.default_rng(seed)
    rows: list[list[str | int]] = []
    for person in persons:
        true = int(random.integers(0, 45))
        light = "night" if person % 2 else "day"
        rows += [
            [f"{person}_1", person, true, f"{true + random.normal(0, 5):.3f}", light]
            for _ in range(2)
        ]
    return write(path, "unit,person,true,predicted,light", rows)


def arguments(folder: Path, *more: str) -> list[str]:
    return [
        *("--scores", str(folder / "held_out.csv"), "--out", str(folder / "out")),
        *("--unit", "file", "--data", "invented", "--protocol", "person-disjoint", *more),
    ]


def test_severity_scores_become_a_document_and_two_pictures(tmp_path: Path) -> None:
    # given
    severity_csv(tmp_path / "held_out.csv", range(30))
    others = severity_csv(tmp_path / "others.csv", range(30, 60), seed=1)

    # when
    status = main(arguments(tmp_path, "--calibration", str(others), "--train-mean", "15.3"))

    # then
    written = tmp_path / "out"
    document = json.loads((written / "evaluation.json").read_text())
    assert status == 0
    assert {path.name for path in written.iterdir()} == {
        "evaluation.json",
        "scatter.png",
        "reliability.png",
    }
    assert (document["evidence"]["unit"], document["evidence"]["n"]) == ("file", 30)
    assert document["slices"]["light"]["day"]["n"] == 15
    assert document["calibration"]["n"] == 30
    assert document["coverage"]["n"] == 30


def test_class_scores_become_a_document_and_two_pictures(tmp_path: Path) -> None:
    # given
    rows = [
        [n, n // 2, "sad" if n % 2 else "happy", 0.8 - 0.02 * n, 0.2 + 0.02 * n] for n in range(20)
    ]
    write(tmp_path / "held_out.csv", "unit,person,true,p_happy,p_sad", rows)

    # when
    status = main(arguments(tmp_path))

    # then
    document = json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert status == 0
    assert document["confusion"]["labels"] == ["happy", "sad"]
    assert np.sum(document["confusion"]["counts"]) == 20
    assert (tmp_path / "out" / "confusion.png").is_file()
    assert (tmp_path / "out" / "confidence.png").is_file()


def test_the_same_scores_give_the_same_bytes(tmp_path: Path) -> None:
    # given
    severity_csv(tmp_path / "held_out.csv", range(12))
    written = tmp_path / "out"

    # when
    main(arguments(tmp_path, "--train-mean", "15"))
    first = {path.name: path.read_bytes() for path in written.iterdir()}
    main(arguments(tmp_path, "--train-mean", "15"))

    # then
    assert {path.name: path.read_bytes() for path in written.iterdir()} == first


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        ("unit,person,true", ["a", 1, 5], "lacks the column predicted"),
        ("unit,true,predicted", ["a", 5, 5], "lacks the column person"),
        ("unit,person,true,predicted", ["a", 1, 5, "high"], "line 2: predicted is 'high'"),
        ("unit,person,true,predicted", ["a", 1, 64, 5], r"outside 0\.\.63"),
        ("unit,person,true,p_sad,p_happy", ["a", 1, "bored", 0.5, 0.5], "'bored' has no column"),
    ],
)
def test_a_csv_that_cannot_be_read_says_where(
    header: str, row: Sequence[object], message: str, tmp_path: Path
) -> None:
    # given
    path = write(tmp_path / "held_out.csv", header, [row])

    # then
    with pytest.raises(NothingToWeigh, match=message):
        read_scores(path, Unit.CLIP)


def test_a_fault_is_one_line_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # when there is no csv
    status = main(arguments(tmp_path, "--train-mean", "15"))

    # then
    assert status == 1
    assert capsys.readouterr().err == "evaluate: there is no held_out.csv\n"
    assert not (tmp_path / "out").exists()


def test_severity_without_the_training_mean_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    severity_csv(tmp_path / "held_out.csv", range(12))

    assert main(arguments(tmp_path)) == 1
    assert "--train-mean" in capsys.readouterr().err


def test_a_person_in_both_files_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given person 11 in both
    severity_csv(tmp_path / "held_out.csv", range(12))
    others = severity_csv(tmp_path / "others.csv", range(11, 20))

    # then
    assert main(arguments(tmp_path, "--calibration", str(others), "--train-mean", "15")) == 1
    assert "person 11 is in both files" in capsys.readouterr().err
