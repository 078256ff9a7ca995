"""CASME II, SAMM, SMIC and their composite."""

from pathlib import Path

import pytest

from tests.unit.training.datasets.layouts import casme2, samm, smic
from training.datasets import casme2 as casme
from training.datasets import megc2019
from training.datasets import samm as samm_set
from training.datasets import smic as smic_set
from training.faults import DataMissing, LabelInvalid, TableInvalid

HAPPY = "1,EP02_01f,,46,50,54,,6+12,happiness"


def test_casme2_reads_an_event_from_onset_to_offset(tmp_path: Path) -> None:
    casme2(tmp_path, [HAPPY])

    (event,) = casme.load(tmp_path)

    assert event.person == "sub01"
    assert [path.name for path in event.pictures] == [f"img{n}.jpg" for n in range(46, 55)]
    assert (event.apex, event.apex_coded) == (4, True)
    assert casme.CLASSES[event.label] == "happiness"
    assert event.rate == 200.0


def test_pictures_are_ordered_by_number_and_not_by_name(tmp_path: Path) -> None:
    casme2(tmp_path, ["1,EP02_01f,,98,101,103,,6,disgust"], range(98, 105))

    (event,) = casme.load(tmp_path)

    assert [path.name for path in event.pictures][:3] == ["img98.jpg", "img99.jpg", "img100.jpg"]


@pytest.mark.parametrize("apex", ["/", "", "900", "-1"])
def test_an_apex_that_is_not_coded_is_the_middle_and_says_so(tmp_path: Path, apex: str) -> None:
    casme2(tmp_path, [HAPPY.replace("50", apex)])

    (event,) = casme.load(tmp_path)

    assert (event.apex, event.apex_coded) == (4, False)


def test_an_offset_before_the_onset_is_taken_as_the_last_picture(tmp_path: Path) -> None:
    casme2(tmp_path, [HAPPY.replace("54", "9")])

    (event,) = casme.load(tmp_path)

    assert event.pictures[-1].name == "img55.jpg"


def test_casme2_asks_for_the_sheet_as_csv(tmp_path: Path) -> None:
    casme2(tmp_path, [HAPPY])
    sheet = tmp_path / "CASME2-coding-20140508.csv"
    sheet.rename(sheet.with_suffix(".xlsx"))

    with pytest.raises(DataMissing, match="save it as csv"):
        casme.load(tmp_path)


def test_casme2_names_a_clip_that_is_missing(tmp_path: Path) -> None:
    casme2(tmp_path, [HAPPY])
    (tmp_path / "CASME2_RAW_selected/sub01/EP02_01f").rename(tmp_path / "elsewhere")

    with pytest.raises(DataMissing, match="sub01/EP02_01f is missing"):
        casme.load(tmp_path)


def test_casme2_names_an_event_without_its_pictures(tmp_path: Path) -> None:
    casme2(tmp_path, ["1,EP02_01f,,400,410,420,,4,disgust"])

    with pytest.raises(DataMissing, match=r"holds 0 pictures of frames 400 to 420 .*line 2"):
        casme.load(tmp_path)


def test_casme2_refuses_an_unknown_emotion_and_an_onset_that_is_no_number(tmp_path: Path) -> None:
    casme2(tmp_path / "a", [HAPPY.replace("happiness", "boredom")])
    casme2(tmp_path / "b", [HAPPY.replace("46", "early")])

    with pytest.raises(LabelInvalid, match="line 2: 'boredom' is none of happiness"):
        casme.load(tmp_path / "a")
    with pytest.raises(LabelInvalid, match="onset 'early' is not a frame number"):
        casme.load(tmp_path / "b")


def test_samm_reads_below_the_notes_and_restores_lost_zeros(tmp_path: Path) -> None:
    samm(tmp_path, ["6,006_1_2,100,104,108,Anger"])

    (event,) = samm_set.load(tmp_path)

    assert event.person == "006"
    assert event.emotion == "anger"
    assert event.apex == 4
    assert event.pictures[0].name == "006_00100.jpg"


def test_samm_without_its_header_is_refused(tmp_path: Path) -> None:
    samm(tmp_path, ["6,006_1_2,100,104,108,Anger"])
    table = tmp_path / "SAMM_Micro_FACS_Codes_v2.csv"
    table.write_text(table.read_text().replace("Apex Frame", "Peak"))

    with pytest.raises(TableInvalid, match="no header with the columns Subject, Filename"):
        samm_set.load(tmp_path)


def test_smic_takes_the_middle_picture_as_the_apex(tmp_path: Path) -> None:
    smic(tmp_path, ["s1/micro/negative/s1_ne_01", "s11/micro/surprise/s11_sur_02"])

    first, second = smic_set.load(tmp_path)

    assert (first.person, first.label, first.apex) == ("s1", 0, 2)
    assert not first.apex_coded
    assert (second.person, smic_set.CLASSES[second.label]) == ("s11", "surprise")


def test_smic_refuses_a_folder_of_no_class_and_a_person_without_events(tmp_path: Path) -> None:
    smic(tmp_path / "a", ["s1/micro/angry/s1_an_01"])
    smic(tmp_path / "b", ["s1/micro/negative/s1_ne_01", "s2/non_micro/s2_n1"])

    with pytest.raises(LabelInvalid, match="'angry' is none of negative"):
        smic_set.load(tmp_path / "a")
    with pytest.raises(DataMissing, match="s2 lacks the folder micro"):
        smic_set.load(tmp_path / "b")


def test_the_composite_maps_emotions_and_keeps_persons_of_the_sets_apart(tmp_path: Path) -> None:
    # given
    clips = ["disgust", "repression", "surprise", "others", "happiness"]
    rows = [f"1,EP0{n}_01,,46,50,54,,4,{emotion}" for n, emotion in enumerate(clips)]
    casme2(tmp_path / "casme2", rows)
    samm(tmp_path / "samm", ["6,006_1_2,100,104,108,Contempt", "6,006_1_3,100,104,108,Other"])
    smic(tmp_path / "smic", ["s1/micro/positive/s1_po_01"])

    # when
    events = megc2019.load(tmp_path)

    # then
    assert [(event.person, megc2019.CLASSES[event.label]) for event in events] == [
        ("casme2/sub01", "negative"),
        ("casme2/sub01", "negative"),
        ("casme2/sub01", "surprise"),
        ("casme2/sub01", "positive"),
        ("samm/006", "negative"),
        ("smic/s1", "positive"),
    ]


def test_the_composite_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="none of the folders casme2, samm, smic"):
        megc2019.load(tmp_path)
