"""What a request names, completed: each analysis gets its networks, each network its analysis."""

import pytest

from assessment.faults import Invalid
from assessment.fitness import Unfit
from assessment.request import Analysis
from service.catalogue import Catalogue
from service.choice import Choice, choose
from service.faults import NetworkOutOfOrder
from tests.samples import all_manifests, manifests
from tests.unit.service.conftest import House

SERVED = Catalogue(all_manifests())
SEVERITY, EXPRESSION, MICRO = Analysis


@pytest.mark.parametrize(
    ("analyses", "named", "chosen"),
    [
        (None, None, Choice((SEVERITY, EXPRESSION), ("hmhn", "ddl_resnet50", "expression"))),
        (None, ["hmhn"], Choice((SEVERITY, EXPRESSION), ("hmhn", "expression"))),
        ([EXPRESSION], None, Choice((EXPRESSION,), ("expression",))),
        ([MICRO], None, Choice((MICRO,), ("micro_expression",))),
        (
            None,
            ["expression_scn", "temporal_resnet50"],
            Choice((SEVERITY, EXPRESSION), ("temporal_resnet50", "expression_scn")),
        ),
        (
            None,
            ["micro_expression"],
            Choice(
                (SEVERITY, EXPRESSION, MICRO),
                ("hmhn", "ddl_resnet50", "expression", "micro_expression"),
            ),
        ),
        (
            [EXPRESSION, SEVERITY],
            ["two_stream", "expression", "attention_pooling"],
            Choice((SEVERITY, EXPRESSION), ("attention_pooling", "two_stream", "expression")),
        ),
    ],
)
def test_what_is_named_is_completed(analyses, named, chosen):
    assert choose(analyses, named, SERVED) == chosen


@pytest.mark.parametrize(
    ("analyses", "named", "pointer", "words"),
    [
        (None, ["oracle"], "/request/model", "served are: attention_pooling, ddl_resnet50"),
        # it works for another network, and says nothing by itself
        (None, ["resnet50_features"], "/request/model", "served are:"),
        ([SEVERITY], ["expression"], "/request/model", "expression does expression"),
    ],
)
def test_what_does_not_go_is_said_with_what_is_served(analyses, named, pointer, words):
    with pytest.raises(Invalid, match=words) as caught:
        choose(analyses, named, SERVED)

    assert caught.value.pointer == pointer


def test_a_network_without_the_one_that_it_stands_on_is_not_served():
    without = Catalogue({**manifests(), "attention_pooling": all_manifests()["attention_pooling"]})

    assert "attention_pooling" not in without.models
    with pytest.raises(Invalid, match="served are"):
        choose(None, ["attention_pooling"], without)


def test_an_analysis_whose_usual_network_is_missing_takes_a_named_one():
    scn = Catalogue({"expression_scn": all_manifests()["expression_scn"]})

    assert choose([EXPRESSION], ["expression_scn"], scn).models == ("expression_scn",)
    with pytest.raises(Invalid, match="must name a network for expression: expression_scn"):
        choose([EXPRESSION], None, scn)


def test_the_listing_names_every_network_and_no_tensor():
    listed = {one["name"]: one for one in SERVED.listing()}

    assert set(listed) == set(all_manifests())
    assert listed["resnet50_features"]["task"] == "features"
    assert listed["micro_expression"]["kind"] == "event"
    assert all("inputs" not in one for one in listed.values())


@pytest.mark.parametrize("analyses", [None, [SEVERITY], [SEVERITY, EXPRESSION]])
def test_a_usual_network_that_is_refused_is_not_the_callers_mistake(
    analyses: list[Analysis] | None,
):
    sound = {name: one for name, one in all_manifests().items() if name != "hmhn"}
    catalogue = Catalogue(sound, frozenset({"hmhn"}))

    with pytest.raises(NetworkOutOfOrder):
        choose(analyses, None, catalogue)

    assert choose([EXPRESSION], None, catalogue).models == ("expression",)
    assert choose([SEVERITY], ["ddl_resnet50"], catalogue).models == ("ddl_resnet50",)


def test_a_refused_network_is_out_of_order_when_it_is_named_or_the_only_one():
    nothing = Catalogue({}, frozenset({""}))
    scn = Catalogue(all_manifests() | {}, frozenset({"of_another_time"}))
    alone = Catalogue(
        {"hmhn": all_manifests()["hmhn"], "ddl_resnet50": all_manifests()["ddl_resnet50"]},
        frozenset({"expression"}),
    )

    for analyses, named, catalogue in (
        (None, None, nothing),
        ([EXPRESSION], None, nothing),
        (None, ["of_another_time"], scn),
        (None, None, alone),
        ([EXPRESSION], None, alone),
    ):
        with pytest.raises(NetworkOutOfOrder):
            choose(analyses, named, catalogue)
    with pytest.raises(Invalid, match="served are"):
        choose(None, ["oracle"], alone)


def test_a_caller_is_told_to_come_back(house: House):
    house.refused = (Unfit("hmhn", "manifest_tampered", "its seal is broken"),)
    house.manifests = {name: one for name, one in house.manifests.items() if name != "hmhn"}
    house.build()

    answer = house.send()

    assert (answer.status_code, answer.json()["code"]) == (503, "network_out_of_order")
    assert int(answer.headers["retry-after"]) > 0
    assert house.empty
    assert house.send({"analyses": ["expression"]}).status_code == 202
