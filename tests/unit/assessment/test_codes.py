"""The list of countries is written out in the domain; here it is held to the one of tzdata."""

from importlib.resources import files

from assessment.codes import COUNTRIES

WITHOUT_A_CODE = {"XK"}


def test_the_countries_are_those_of_iso_3166() -> None:
    table = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")

    listed = {line.split("\t")[0] for line in table.splitlines() if not line.startswith("#")}
    assert len(listed) > 200
    assert listed == COUNTRIES - WITHOUT_A_CODE
