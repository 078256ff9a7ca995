"""Rules by place and setting: what they switch off, and how an ill-formed file is refused."""

from pathlib import Path

import pytest

from assessment.faults import Misconfigured
from assessment.jurisdiction import Jurisdictions
from assessment.jurisdiction_file import read_jurisdictions
from assessment.request import Analysis, Context

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "jurisdictions.example.toml"
RULE = """[groups]
EU = ["DE", "FR"]

[[rules]]
name = "first"
jurisdictions = ["EU"]
analyses = ["severity"]
because = "a law"

[[rules]]
name = "second"
settings = ["workplace"]
analyses = ["expression"]
because = "another law"
"""


def read(folder: Path, text: str) -> Jurisdictions:
    path = folder / "rules.toml"
    path.write_text(text)
    return read_jurisdictions(path)


def blocked(rules: Jurisdictions, analysis: Analysis, context: Context | None) -> str | None:
    found = rules.blocked(analysis, context)
    return found.code if found else None


@pytest.mark.parametrize(
    ("context", "off"),
    [
        (Context("DE", setting="telehealth"), {"severity"}),
        (Context("DE-BY", setting="Telehealth"), {"severity"}),
        (Context("EU", setting="telehealth"), {"severity"}),
        (Context("FR", setting=" Workplace "), {"severity", "expression", "micro_expressions"}),
        (Context("DE", setting="research"), set()),
        (Context("US-CA", setting="workplace"), set()),
        (Context("US"), set()),
        (Context("DE"), {"severity", "expression", "micro_expressions"}),
        (Context(setting="telehealth"), {"severity"}),
        (None, {"severity", "expression", "micro_expressions"}),
    ],
)
def test_the_example_switches_off_what_it_says(context: Context | None, off: set[str]) -> None:
    rules = read_jurisdictions(EXAMPLE)

    assert {one for one in Analysis if blocked(rules, one, context)} == off


def test_a_code_within_another_is_no_prefix_of_its_letters() -> None:
    assert not blocked(
        read_jurisdictions(EXAMPLE), Analysis.SEVERITY, Context("DEX", None, None, "x")
    )


@pytest.mark.parametrize(
    "setting",
    [
        "\N{FULLWIDTH LATIN SMALL LETTER W}orkplace",
        "WORKPLACE",
        "\N{MATHEMATICAL SANS-SERIF SMALL W}orkplace",
        "work\u200bplace",
        "\u00a0workplace\u3000",
        "\N{CIRCLED LATIN CAPITAL LETTER W}orkplace",
    ],
)
def test_another_spelling_of_a_setting_is_the_same_setting(tmp_path: Path, setting: str) -> None:
    rules = read(tmp_path, RULE)

    assert blocked(rules, Analysis.EXPRESSION, Context("US", setting=setting))
    assert blocked(
        rules, Analysis.SEVERITY, Context("\N{FULLWIDTH LATIN CAPITAL LETTER D}E", setting=setting)
    )


def test_a_rule_may_spell_a_setting_with_accents_in_either_way(tmp_path: Path) -> None:
    rules = read(tmp_path, RULE.replace('"workplace"', '"Büro am Fluß"'))

    assert blocked(rules, Analysis.EXPRESSION, Context("US", setting="bu\u0308ro am  FLUSS"))


def test_a_setting_of_nothing_that_shows_states_none(tmp_path: Path) -> None:
    rules = read(tmp_path, RULE)

    assert blocked(rules, Analysis.EXPRESSION, Context("US", setting="\u200b\u2060"))


def test_what_is_not_stated_may_pass_when_the_rule_says_so(tmp_path: Path) -> None:
    # given
    strict = read(tmp_path, RULE)
    lenient = read(tmp_path, RULE.replace('because = "a law"', 'because = "a"\nunstated = "allow"'))

    # then
    assert blocked(strict, Analysis.SEVERITY, None) == "jurisdiction_blocked"
    assert blocked(lenient, Analysis.SEVERITY, None) is None
    assert blocked(lenient, Analysis.SEVERITY, Context("DE")) == "jurisdiction_blocked"


@pytest.mark.parametrize(
    ("analysis", "context", "field"),
    [
        (Analysis.EXPRESSION, Context("US", setting="  "), "`context.setting`"),
        (Analysis.SEVERITY, Context("UK"), "`context.jurisdiction`"),
        (Analysis.SEVERITY, Context("ZZ-1"), "`context.jurisdiction`"),
    ],
)
def test_what_says_nothing_counts_as_not_stated(
    tmp_path: Path, analysis: Analysis, context: Context, field: str
) -> None:
    found = read(tmp_path, RULE).blocked(analysis, context)

    assert found is not None
    assert found.advice.startswith(f"State {field} in")
    assert not blocked(read(tmp_path, RULE), analysis, Context("US", setting="clinic"))


def test_the_reason_names_the_rule_and_its_law_and_what_to_state(tmp_path: Path) -> None:
    # given
    rules = read(tmp_path, RULE)

    # when
    stated = rules.blocked(Analysis.SEVERITY, Context("DE"))
    silent = rules.blocked(Analysis.SEVERITY, None)

    # then
    assert stated is not None
    assert silent is not None
    assert "first" in stated.have
    assert stated.have.endswith(": a law")
    assert "`context.jurisdiction`" in silent.advice


def test_the_callers_own_words_are_not_repeated(tmp_path: Path) -> None:
    found = read(tmp_path, RULE.replace('"workplace"', '"x", "dr who"')).blocked(
        Analysis.EXPRESSION, Context(setting="Dr Who")
    )

    assert found is not None
    assert "who" not in (found.have + found.need + found.advice).casefold()


def test_without_a_file_nothing_is_switched_off() -> None:
    rules = read_jurisdictions(None)

    assert rules.sha256 is None
    assert not any(blocked(rules, one, None) for one in Analysis)


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        ('because = "a law"', 'because = ""', 8, "because"),
        ('because = "another law"', "", 10, "because"),
        ('analyses = ["expression"]', 'analyses = ["emotion"]', 13, "analyses"),
        ('analyses = ["expression"]', "analyses = []", 13, "analyses"),
        ('settings = ["workplace"]', 'settings = "workplace"', 12, "settings"),
        ('jurisdictions = ["EU"]', 'jurisdictions = ["Europe"]', 6, "jurisdictions"),
        ('jurisdictions = ["EU"]', 'jurisdiction = ["EU"]', 6, "jurisdiction"),
        ('EU = ["DE", "FR"]', 'EU = ["Germany"]', 2, "EU"),
        ('EU = ["DE", "FR"]', 'EU = ["DE", "UK"]', 2, "EU"),
        ('EU = ["DE", "FR"]', 'Union = ["DE", "FR"]', 6, "jurisdictions"),
        ('jurisdictions = ["EU"]', 'jurisdictions = ["UK-ENG"]', 6, "jurisdictions"),
        ('EU = ["DE", "FR"]', "EU = 3", 2, "EU"),
        ('name = "second"', 'name = "first"', 11, "name"),
        ('name = "second"', 'name = "Second Rule"', 11, "name"),
        ("[groups]", "[group]", 1, "group"),
        ('because = "a law"', 'because = "a law"\nunstated = "maybe"', 9, "unstated"),
    ],
)
def test_a_file_that_says_something_else_is_refused_with_line_and_key(
    tmp_path: Path, old: str, new: str, line: int, key: str
) -> None:
    with pytest.raises(Misconfigured, match=rf"rules\.toml, line {line}: `{key}` ") as raised:
        read(tmp_path, RULE.replace(old, new))

    assert str(tmp_path) not in str(raised.value)


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="line 4"):
        read(tmp_path, RULE.replace("[[rules]]", "[[rules", 1))


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 5000, "a = " + "9" * 5000], ids=["too deep", "too long a number"]
)
def test_a_file_that_no_reader_takes_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Misconfigured, match=r"rules\.toml is not TOML"):
        read(tmp_path, text)


@pytest.mark.parametrize("key", ["two\\nlines", "\\u001b[31mred"])
def test_a_refusal_is_one_line_whatever_the_key(tmp_path: Path, key: str) -> None:
    with pytest.raises(Misconfigured) as raised:
        read(tmp_path, f'"{key}" = 1')

    assert f"{raised.value}".isprintable()


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "rules.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(Misconfigured, match=r"rules\.toml"):
        read_jurisdictions(path)
