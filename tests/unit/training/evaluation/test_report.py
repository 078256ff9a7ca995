"""The report says what the findings say, the failures first of all."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from training.evaluation.circumstances import Circumstances, circumstances
from training.evaluation.report import main, number, read_findings, report, table
from training.faults import NothingToWeigh
from training.proving.combining import Combined, combine
from training.proving.finding import Arm, Criterion, Estimate, Finding, Relation, Scale

SEEN = Circumstances(
    "abc123", date(2026, 1, 2), "a machine, 2 cores", (("torch", "2.13.0"),), "make evaluate"
)


def finding(
    seed: int, gap: float, experiment: str = "pooling", scale: Scale = Scale.FULL
) -> Finding:
    """One run: attention against the mean, `gap` the difference of their errors."""
    return Finding(
        experiment,
        f"The claim of {experiment}.",
        f"The design of {experiment}.",
        scale,
        seed,
        (
            Arm("mean", "RMSE", Estimate(12.0, 10.0, 14.0), "clip", 60, 30),
            Arm("attention", "RMSE", Estimate(12.0 + gap, 9.5, 13.0), "clip", 60, 30),
        ),
        (
            Criterion("attention less mean", Estimate(gap, -3.0, 1.0), Relation.BELOW, 0.0),
            Criterion("weight | on bad frames", Estimate(0.0123), Relation.AT_MOST, 0.5),
        ),
        30.0,
    )


def runs(*gaps: float, experiment: str = "pooling") -> Combined:
    return combine([finding(seed, gap, experiment) for seed, gap in enumerate(gaps)])


def part(text: str, heading: str) -> str:
    """What stands below a heading, up to the next of its kind."""
    return text.split(f"## {heading}\n")[1].split("\n## ")[0]


def test_a_claim_that_held_is_in_the_summary_with_its_seeds() -> None:
    # when
    text = report([runs(-2.0, -1.0, -1.5)], SEEN)

    # then
    assert (
        "| The claim of pooling. | attention less mean | -1.50 [-2.00, -1.00] | < 0.000 | yes |"
        in part(text, "Summary")
    )
    assert part(text, "What did not hold").strip() == "Every criterion was met by every run."


def test_a_claim_that_failed_is_named_with_its_numbers() -> None:
    # when the mean over the seeds is on the wrong side
    text = report([runs(-1.0, 2.0, 2.0)], SEEN)

    # then
    assert "| **no** |" in part(text, "Summary")
    assert (
        "* **pooling**: attention less mean was 1.00 [-1.00, 2.00], wanted < 0.000; "
        "met by 1 of 3 runs." in part(text, "What did not hold")
    )


def test_a_claim_that_held_on_average_only_is_not_called_held() -> None:
    text = report([runs(-5.0, 1.0, -1.0)], SEEN)

    assert "| on average only |" in part(text, "Summary")
    assert "met by 2 of 3 runs" in part(text, "What did not hold")


def test_each_arm_shows_every_seed_with_its_interval_over_persons() -> None:
    text = report([runs(-2.0, -1.0, -1.5)], SEEN)

    assert (
        "| attention | RMSE | 60 clips, 30 persons | 10.00 [9.50, 13.00] | 11.00 [9.50, 13.00] "
        "| 10.50 [9.50, 13.00] | 10.50 ± 0.500 |" in text
    )


def test_the_circumstances_are_stated() -> None:
    text = report([runs(-1.0)], SEEN)

    for said in ("`make evaluate`", "abc123", "2026-01-02", "a machine, 2 cores", "torch 2.13.0"):
        assert said in text


def test_where_the_runs_were_made_counts_and_not_where_the_report_is_written() -> None:
    # given two seeds made elsewhere, on two days
    first = Circumstances("def456", date(2026, 2, 3), "a GPU", (("torch", "2.14.0"),), "one")
    second = replace(first, day=date(2026, 2, 4))
    made = [replace(finding(0, -1.0), made=first), replace(finding(1, -1.0), made=second)]

    # when
    text = report([combine(made)], SEEN)

    # then
    assert "| date | 2026-02-03; 2026-02-04 |" in text
    assert "| machine | a GPU |" in text
    assert "| versions | torch 2.14.0 |" in text
    assert "abc123" not in text


def test_a_smoke_run_says_that_it_proves_nothing() -> None:
    smoke = combine([finding(0, -1.0, scale=Scale.SMOKE)])

    assert "Their numbers prove nothing" in report([smoke], SEEN)
    assert "Their numbers prove nothing" not in report([runs(-1.0)], SEEN)


def test_a_picture_stands_in_the_section_of_its_experiment() -> None:
    # given two experiments whose names start alike
    experiments = [runs(-1.0), runs(-1.0, experiment="pool")]

    # when
    text = report(experiments, SEEN, ["evidence/pool.png", "evidence/pooling-weights.png"])

    # then
    first, second = text.split("### pooling\n")[1].split("### pool\n")
    assert "![pooling](evidence/pooling-weights.png)" in first
    assert "evidence/pool.png" not in first
    assert "![pool](evidence/pool.png)" in second


def test_the_same_findings_give_the_same_report() -> None:
    assert report([runs(-1.0, -2.0)], SEEN) == report([runs(-1.0, -2.0)], SEEN)


def test_no_findings_are_no_report() -> None:
    with pytest.raises(NothingToWeigh, match="no findings"):
        report([], SEEN)


def test_bars_in_a_cell_do_not_break_the_table() -> None:
    assert table(("a", "b"), [("x | y", "z")]).splitlines()[2] == r"| x \| y | z |"


@pytest.mark.parametrize(
    ("value", "text"), [(12.345, "12.35"), (0.0314, "0.031"), (-0.0001, "0.000"), (-1.5, "-1.50")]
)
def test_numbers_are_short_and_never_minus_zero(value: float, text: str) -> None:
    assert number(value) == text


def write_findings(folder: Path, findings: Sequence[Finding]) -> None:
    folder.mkdir()
    for one in findings:
        path = folder / f"{one.experiment}-{one.seed}.json"
        path.write_text(json.dumps(one.as_json()))


def test_the_command_reads_findings_and_pictures_and_writes_one_document(tmp_path: Path) -> None:
    # given two experiments, one of them with three seeds, and a picture
    found = [finding(seed, -1.0) for seed in range(3)] + [finding(0, 1.0, "heads")]
    write_findings(tmp_path / "findings", found)
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "heads.png").write_bytes(b"png")
    out = tmp_path / "evidence.md"

    # when
    status = main(["--findings", str(tmp_path / "findings"), "--out", str(out)])

    # then
    text = out.read_text()
    assert status == 0
    assert "seeds 0, 1, 2" in text
    assert "![heads](evidence/heads.png)" in text
    assert str(tmp_path) not in text


def test_a_file_that_is_no_finding_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    write_findings(tmp_path / "findings", [finding(0, -1.0)])
    (tmp_path / "findings" / "other.json").write_text('{"experiment": "pooling"}')

    # when
    status = main(["--findings", str(tmp_path / "findings"), "--out", str(tmp_path / "e.md")])

    # then
    assert status == 1
    assert "other.json is not a finding" in capsys.readouterr().err
    assert not (tmp_path / "e.md").exists()


def test_runs_that_differ_in_their_criteria_are_not_averaged(tmp_path: Path) -> None:
    # given
    other = replace(finding(1, -1.0), criteria=finding(1, -1.0).criteria[:1])
    write_findings(tmp_path / "findings", [finding(0, -1.0), other])

    # then
    with pytest.raises(NothingToWeigh, match="differ in scale, arms or criteria"):
        read_findings(tmp_path / "findings")


def test_the_machines_circumstances_name_versions_and_no_path() -> None:
    # when
    seen = circumstances("make evaluate", date(2026, 1, 2))

    # then
    assert dict(seen.versions)["numpy"]
    assert "cores" in seen.machine
    assert "/" not in seen.commit
