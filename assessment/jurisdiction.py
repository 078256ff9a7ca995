"""Rules of the operator that switch analyses off by place and setting.

place and setting of the request ─▶ does a rule concern it: yes, no, or cannot be known
                                                        │             │
                                    jurisdiction_blocked ◀── unless the rule lets unstated pass

What a rule says is law as its operator reads it; mien only applies it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from assessment.codes import COUNTRIES, among, folded, within
from assessment.request import Analysis, Context
from assessment.result import Withheld


class Match(StrEnum):
    """Whether a rule concerns a request."""

    YES = "yes"
    NO = "no"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Switches `analyses` off in `jurisdictions`, in `settings`, or but in `except_settings`.

    An empty list concerns every place, or every setting. With `unstated_blocks`, a request that
    does not say what the rule asks for counts as one that it concerns.
    """

    name: str
    analyses: tuple[Analysis, ...]
    because: str
    jurisdictions: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    except_settings: tuple[str, ...] = ()
    unstated_blocks: bool = True

    def concerns(self, context: Context) -> Match:
        """Return whether the rule concerns what the request states."""
        found = {self.of_place(context.jurisdiction), self.of_setting(context.setting)}
        return next(one for one in (Match.NO, Match.UNSTATED, Match.YES) if one in found)

    def of_place(self, jurisdiction: str | None) -> Match:
        """Return whether the rule concerns the place; a code of no country states none."""
        if not self.jurisdictions:
            return Match.YES
        if jurisdiction is None:
            return Match.UNSTATED
        if within(jurisdiction, self.jurisdictions):
            return Match.YES
        country = folded(jurisdiction)[:2].upper()
        return Match.NO if country in COUNTRIES else Match.UNSTATED

    def of_setting(self, setting: str | None) -> Match:
        """Return whether the rule concerns the setting; a blank one states none."""
        if not (self.settings or self.except_settings):
            return Match.YES
        if setting is None or not folded(setting):
            return Match.UNSTATED
        concerned = not self.settings or among(setting, self.settings)
        return Match.YES if concerned and not among(setting, self.except_settings) else Match.NO


@dataclass(frozen=True, slots=True)
class Jurisdictions:
    """All rules, in the order of their file, and the SHA-256 of that file."""

    rules: tuple[Rule, ...] = ()
    sha256: str | None = None

    def blocked(self, analysis: Analysis, context: Context | None) -> Withheld | None:
        """Return why the analysis is switched off for the request, or None when it is not."""
        stated = context or Context()
        for rule in self._about(analysis):
            match = rule.concerns(stated)
            if match is Match.YES or (match is Match.UNSTATED and rule.unstated_blocks):
                return _withheld(analysis, rule, stated, match)
        return None

    def _about(self, analysis: Analysis) -> Iterable[Rule]:
        return (rule for rule in self.rules if analysis in rule.analyses)


def _withheld(analysis: Analysis, rule: Rule, context: Context, match: Match) -> Withheld:
    have, advice = (
        f"a place or setting in which the operator's rule {rule.name} switches it off",
        "Leave this analysis out here, or ask the operator about the rule.",
    )
    if match is Match.UNSTATED:
        missing = [
            f"`context.{field}`"
            for field, found in (
                ("jurisdiction", rule.of_place(context.jurisdiction)),
                ("setting", rule.of_setting(context.setting)),
            )
            if found is Match.UNSTATED
        ]
        have = f"nothing stated that the operator's rule {rule.name} asks for"
        advice = f"State {' and '.join(missing)} in the request and send it again."
    return Withheld(
        analysis,
        "jurisdiction_blocked",
        have=f"{have}: {rule.because}",
        need="a place and a setting, stated, in which no rule switches this analysis off",
        advice=advice,
    )
