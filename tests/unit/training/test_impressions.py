"""Learning impressions from rated faces: honest on noise, and nothing without evidence."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from networks.impressions import IMPRESSIONS, MEANING
from training.faults import BadRatings
from training.impressions import (
    MANIFEST,
    WEIGHTS,
    Recipe,
    correlation,
    cross_validate,
    evidence,
    fit,
    load,
    main,
    predict,
    write,
)
from training.ratings import FEWEST_FACES, Ratings, read_ratings

HEADER = ["face", "person", *IMPRESSIONS, "eye_width", "mouth_width"]
QUICK = Recipe(steps=30)


def rated(count: int = 60, informative: float = 1.0, seed: int = 0) -> Ratings:
    """Two faces a person; the ratings follow the attributes as far as they are informative."""
    random = np.random.default_rng(seed)
    attributes = random.uniform(0.2, 0.9, (count, 2)).astype(np.float32)
    signal = np.stack(
        [attributes[:, 1], attributes[:, 0] - attributes[:, 1], attributes.sum(axis=1)], axis=1
    )
    noise = random.normal(0.0, 0.05 if informative else 1.0, (count, 3))
    ratings = (3.0 + 4.0 * informative * signal + noise).astype(np.float32)
    return Ratings(("eye_width", "mouth_width"), attributes, ratings, np.arange(count) // 2)


def rows_of(ratings: Ratings) -> list[list[object]]:
    return [
        [f"f{row}", f"p{ratings.persons[row]}", *ratings.ratings[row], *ratings.attributes[row]]
        for row in range(len(ratings))
    ]


def write_csv(path: Path, rows: list[list[object]], header: list[str] = HEADER) -> Path:
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def test_what_the_ratings_follow_is_learned_on_persons_never_seen() -> None:
    # when
    found = evidence(rated(), QUICK)

    # then
    assert (found["n"], found["persons"], found["unit"]) == (60, 30, "face")
    for row in found["impressions"].values():
        assert row["correlation"]["low"] > 0.8
        assert row["rmse"]["value"] < 0.6 * row["constant_rmse"]


def test_ratings_that_follow_nothing_show_no_correlation() -> None:
    # when
    found = evidence(rated(informative=0.0), QUICK)

    # then
    assert all(row["correlation"]["low"] < 0.0 for row in found["impressions"].values())


def test_a_person_seen_in_training_is_never_scored() -> None:
    # given ratings that depend on the person alone, and attributes that name the person
    random = np.random.default_rng(0)
    persons = np.repeat(np.arange(20), 3)
    attributes = random.permutation(20)[persons][:, None].astype(np.float32)
    ratings = np.repeat(random.normal(3.0, 1.0, (20, 3)), 3, axis=0).astype(np.float32)

    # when
    scores, _ = cross_validate(Ratings(("name",), attributes, ratings, persons), QUICK)

    # then a leak would let the network know each person's rating by heart
    assert correlation(scores[:, 0], ratings[:, 0].astype(np.float64)) < 0.5


def test_the_same_csv_gives_the_same_weights() -> None:
    first, second = fit(rated(), QUICK), fit(rated(), QUICK)

    assert all(
        (one == other).all()
        for one, other in zip(
            first.state_dict().values(), second.state_dict().values(), strict=True
        )
    )


def test_correlation_worked_by_hand() -> None:
    true = np.array([1.0, 2.0, 3.0])

    assert correlation(np.array([2.0, 4.0, 6.0]), true) == pytest.approx(1.0)
    assert correlation(np.array([3.0, 2.0, 1.0]), true) == pytest.approx(-1.0)
    assert correlation(np.array([1.0, 3.0, 2.0]), true) == pytest.approx(0.5)
    assert correlation(np.full(3, 2.0), true) == 0.0


def test_a_csv_becomes_weights_and_a_manifest_that_says_what_they_mean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    ratings = rated()
    path = write_csv(tmp_path / "attributes.csv", rows_of(ratings))

    # when
    status = main(["--csv", str(path), "--out", str(tmp_path / "out")])

    # then
    network, manifest = load(tmp_path / "out")
    assert status == 0
    assert MEANING in manifest["meaning"]
    assert MEANING in capsys.readouterr().out
    assert manifest["attributes"] == ["eye_width", "mouth_width"]
    scores = predict(network, ratings.attributes)
    assert correlation(scores[:, 0], ratings.ratings[:, 0].astype(np.float64)) > 0.9


def saved(folder: Path) -> Path:
    ratings = rated()
    write(folder, fit(ratings, Recipe(steps=1)), ratings, {"n": 60})
    return folder


def test_weights_without_evidence_are_not_used(tmp_path: Path) -> None:
    # given
    manifest = saved(tmp_path / "out") / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "evidence": None}))

    # then
    with pytest.raises(BadRatings, match="carries no evidence"):
        load(tmp_path / "out")


def test_weights_that_were_altered_are_not_used(tmp_path: Path) -> None:
    # given
    weights = saved(tmp_path / "out") / WEIGHTS
    weights.write_bytes(weights.read_bytes() + b"more")

    # then
    with pytest.raises(BadRatings, match="not the file"):
        load(tmp_path / "out")


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRatings, match=r"holds no impressions\.pt"):
        load(tmp_path)


def test_a_csv_without_ratings_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["f1", 0.4]], ["face", "eye_width"])

    with pytest.raises(BadRatings, match="without the judgement of raters"):
        read_ratings(path)


def test_a_csv_without_attributes_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["f1", 1, 2, 3]], ["face", *IMPRESSIONS])

    with pytest.raises(BadRatings, match="at least one attribute"):
        read_ratings(path)


def test_too_few_faces_are_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", rows_of(rated(FEWEST_FACES - 1)))

    with pytest.raises(BadRatings, match="has 49 faces of 25 persons; at least 50"):
        read_ratings(path)


def test_many_faces_of_few_persons_are_refused(tmp_path: Path) -> None:
    rows = rows_of(rated())
    for place, row in enumerate(rows):
        row[1] = f"p{place % 9}"

    with pytest.raises(BadRatings, match="60 faces of 9 persons"):
        read_ratings(write_csv(tmp_path / "a.csv", rows))


@pytest.mark.parametrize("text", ["", "high", "nan", "inf"])
def test_a_cell_that_is_no_number_is_named(text: str, tmp_path: Path) -> None:
    # given
    rows = rows_of(rated())
    rows[3][HEADER.index("mouth_width")] = text

    # then the header is line 1
    with pytest.raises(BadRatings, match=f"line 5: mouth_width is '{text}', not a number"):
        read_ratings(write_csv(tmp_path / "a.csv", rows))


def test_a_face_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    rows = rows_of(rated())
    rows[1][0] = rows[0][0]

    with pytest.raises(BadRatings, match="line 3: face f0 is there twice"):
        read_ratings(write_csv(tmp_path / "a.csv", rows))


def test_a_rating_that_never_varies_is_refused(tmp_path: Path) -> None:
    rows = rows_of(rated())
    for row in rows:
        row[HEADER.index("dominance")] = 3

    with pytest.raises(BadRatings, match="dominance never varies"):
        read_ratings(write_csv(tmp_path / "a.csv", rows))


def test_without_a_person_column_each_face_is_a_person(tmp_path: Path) -> None:
    # given
    rows = [[row[0], *row[2:]] for row in rows_of(rated())]

    # when
    found = read_ratings(write_csv(tmp_path / "a.csv", rows, ["face", *HEADER[2:]]))

    # then
    assert len(np.unique(found.persons)) == 60


def test_a_fault_is_one_line_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["--csv", str(tmp_path / "a.csv"), "--out", str(tmp_path / "out")])

    assert status == 1
    assert capsys.readouterr().err == "impressions: there is no a.csv\n"
    assert not (tmp_path / "out").exists()
