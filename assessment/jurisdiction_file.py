"""The file of jurisdiction rules: TOML, read once at start, refused with its line and key.

[groups]
EU = ["AT", "BE", …]

[[rules]]
name = "no-severity-in-the-eu"
jurisdictions = ["EU"]               groups or ISO 3166 codes; without it: everywhere
settings = ["workplace"]             or except_settings = […]; without both: every setting
analyses = ["severity"]
because = "one sentence that the caller reads"
unstated = "block"                   or "allow": when the request does not say where it is from
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from assessment.codes import COUNTRIES
from assessment.faults import Misconfigured
from assessment.jurisdiction import Jurisdictions, Rule
from assessment.request import Analysis

GROUPS, RULES = "groups", "rules"
NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
CODE: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
UNSTATED: Final = {"block": True, "allow": False}
PLACES: Final = "jurisdictions"
SETTINGS: Final = ("settings", "except_settings")
KEYS: Final = frozenset({"name", "analyses", "because", "unstated", PLACES, *SETTINGS})


def read_jurisdictions(path: Path | None) -> Jurisdictions:
    """Return the rules of the file, none without a file.

    Raises `Misconfigured` with line and key when it cannot be read or says something else.
    """
    if path is None:
        return Jurisdictions()
    try:
        content = path.read_bytes()
        text = content.decode()
        document = tomllib.loads(text)
    except OSError as error:
        raise Misconfigured(f"{path.name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{path.name} is not UTF-8 at byte {error.start}") from error
    except ValueError as error:  # The words of a `TOMLDecodeError` hold line and column.
        raise Misconfigured(f"{path.name} is not TOML: {error}") from error
    except RecursionError as error:
        raise Misconfigured(f"{path.name} is not TOML that can be read: too deep") from error
    return Jurisdictions(
        _File(path.name, text).rules(document), hashlib.sha256(content).hexdigest()
    )


@dataclass(frozen=True, slots=True)
class _File:
    """A file's name and text, to say where something is wrong."""

    name: str
    text: str

    def rules(self, document: Mapping[str, Any]) -> tuple[Rule, ...]:
        """Return the document's rules, or raise what is wrong with it."""
        for key in document:
            if key not in (GROUPS, RULES):
                raise self.wrong(key, f"is neither {GROUPS} nor {RULES}")
        groups = self.groups(document.get(GROUPS, {}))
        tables = _list(document.get(RULES, []))
        if tables is None or not all(isinstance(one, dict) for one in tables):
            raise self.wrong(RULES, "must be tables, each begun with [[rules]]")
        rules = tuple(self.rule(at, one, groups) for at, one in enumerate(tables))
        names = [rule.name for rule in rules]
        for at, name in enumerate(names):
            if name in names[:at]:
                raise self.wrong("name", "is that of an earlier rule", at)
        return rules

    def groups(self, raw: Any) -> Mapping[str, tuple[str, ...]]:
        """Return the codes of every group."""
        if not isinstance(raw, dict):
            raise self.wrong(GROUPS, "must be a table of lists")
        table = cast("dict[str, Any]", raw)
        return {name: self.codes(name, codes, {}) for name, codes in table.items()}

    def rule(self, at: int, raw: Mapping[str, Any], groups: Mapping[str, Any]) -> Rule:
        """Return the rule of the table at that place, from 0; raises `Misconfigured`."""
        for key in raw:
            if key not in KEYS:
                raise self.wrong(key, f"is not one of {', '.join(sorted(KEYS))}", at)
        settings, excepted = (self.words(key, raw.get(key, []), at) for key in SETTINGS)
        unstated = raw.get("unstated", "block")
        if unstated not in tuple(UNSTATED):
            raise self.wrong("unstated", "must be block or allow", at)
        return Rule(
            name=self.text_of("name", raw, at, NAME),
            analyses=self.analyses(raw, at),
            because=self.text_of("because", raw, at),
            jurisdictions=self.codes(PLACES, raw.get(PLACES, []), groups, at),
            settings=settings,
            except_settings=excepted,
            unstated_blocks=UNSTATED[unstated],
        )

    def text_of(
        self, key: str, raw: Mapping[str, Any], at: int, pattern: re.Pattern[str] | None = None
    ) -> str:
        """Return a text that must be there, its white space single; raises `Misconfigured`."""
        text = raw.get(key)
        if not isinstance(text, str) or not text.strip():
            raise self.wrong(key, "is missing or no text", at)
        if pattern and not pattern.fullmatch(text):
            raise self.wrong(key, "must be small letters, digits, dots and hyphens, 64 at most", at)
        return " ".join(text.split())

    def analyses(self, raw: Mapping[str, Any], at: int) -> tuple[Analysis, ...]:
        """Return the analyses that a rule is about, one at least; raises `Misconfigured`."""
        named = self.words("analyses", raw.get("analyses", []), at)
        if not named or not set(named) <= set(Analysis):
            known = ", ".join(Analysis)
            raise self.wrong("analyses", f"must name one or more of {known}", at)
        return tuple(Analysis(one) for one in named)

    def words(self, key: str, raw: Any, at: int | None) -> tuple[str, ...]:
        """Return a list of texts."""
        found = _list(raw)
        if found is None or not all(isinstance(one, str) and one for one in found):
            raise self.wrong(key, "must be a list of texts", at)
        return tuple(found)

    def codes(
        self, key: str, raw: Any, groups: Mapping[str, Sequence[str]], at: int | None = None
    ) -> tuple[str, ...]:
        """Return the codes, and beside the groups what these hold."""
        named = self.words(key, raw, at)
        for one in named:
            if one not in groups and not (CODE.fullmatch(one) and one[:2] in COUNTRIES):
                raise self.wrong(key, "must hold groups or ISO 3166 codes like DE or US-CA", at)
        held = {code for one in named for code in groups.get(one, ())}
        return tuple(sorted({*named, *held}))

    def wrong(self, key: str, what: str, rule: int | None = None) -> Misconfigured:
        """Return the fault, with the key's line; that of its rule's head when it is missing."""
        spelt = key if key.isprintable() else ascii(key)[1:-1]
        return Misconfigured(f"{self.name}, line {self.line(key, rule)}: `{spelt}` {what}")

    def line(self, key: str, rule: int | None) -> int:
        """Return the line of a key, from 1: TOML's reader keeps no places."""
        lines = self.text.splitlines()
        heads = [at for at, one in enumerate(lines) if re.match(r"\s*\[\[\s*rules\s*\]\]", one)]
        first, last = 0, len(lines)
        if rule is not None and rule < len(heads):
            first = heads[rule]
            last = heads[rule + 1] if rule + 1 < len(heads) else last
        spelt = re.compile(rf"""\s*(?:\[+\s*)?["']?{re.escape(key)}["']?\s*(?:=|\]|\.)""")
        found = (at for at in range(first, last) if spelt.match(lines[at]))
        return next(found, first) + 1


def _list(raw: Any) -> list[Any] | None:
    return cast("list[Any]", raw) if isinstance(raw, list) else None
