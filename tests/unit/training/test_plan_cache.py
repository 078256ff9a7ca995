"""When a kept TensorRT plan is still right."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from training.faults import PlanFailed
from training.plan_cache import Key, only_builder, put_in_place, reason_to_build

KEY = Key("a" * 64, "10.13.0", "9.0", "570.86.15", "fp16", "faces:1x4")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"onnx_sha256": "b"}, "other onnx_sha256"),
        ({"tensorrt": "10.14.1"}, r"other tensorrt \(10\.13\.0 before, 10\.14\.1 now\)"),
        ({"compute_capability": "8.9"}, r"other compute_capability \(9\.0 before, 8\.9 now\)"),
        ({"driver": "580.1", "shapes": "faces:2x4"}, r"other driver .*, shapes \("),
    ],
)
def test_another_key_means_another_plan(
    tmp_path: Path, changed: dict[str, str], reason: str
) -> None:
    # given a plan that is right
    built = tmp_path / "built"
    built.write_bytes(b"plan")
    put_in_place(built, tmp_path, KEY, {})
    assert reason_to_build(tmp_path, KEY) is None

    # then
    assert re.match(reason, reason_to_build(tmp_path, replace(KEY, **changed)) or "")


def test_a_plan_that_was_altered_or_has_no_record_is_not_believed(tmp_path: Path) -> None:
    # given
    built = tmp_path / "built"
    built.write_bytes(b"plan")
    put_in_place(built, tmp_path, KEY, {})

    # when
    (tmp_path / "model.plan").write_bytes(b"altered")
    altered = reason_to_build(tmp_path, KEY)
    (tmp_path / "plan.json").write_text("{}")
    unrecorded = reason_to_build(tmp_path, KEY)

    # then
    assert altered == "the plan was altered"
    assert unrecorded == "plan.json does not say what the plan was built for"


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with (
        pytest.raises(PlanFailed, match="cannot write into"),
        only_builder(tmp_path / "absent", lambda: None),
    ):
        pass
