import pytest

from assessment.faults import Misconfigured
from assessment.golden import Golden, Tolerance
from assessment.manifest import Manifest
from tests.samples import a_manifest

GOLDEN = Golden("a" * 64, "b" * 64, "c" * 64, ((1.5,), (2.25,)), Tolerance(1e-3, 0.05, 0.5))


@pytest.mark.parametrize("part", ["name", "inputs", "face", "clip", "output", "calibration"])
def test_a_manifest_that_lacks_a_part_is_refused(part: str):
    document = dict(a_manifest("hmhn").document)
    del document[part]

    with pytest.raises(Misconfigured, match=part):
        Manifest.parse(document)


def test_golden_scores_are_read_as_they_were_written():
    document = {**a_manifest("hmhn").document, "golden": GOLDEN.to_dict()}

    assert Manifest.parse(document).golden == GOLDEN


def test_a_manifest_from_before_the_golden_clip_has_none():
    assert a_manifest("hmhn").golden is None
