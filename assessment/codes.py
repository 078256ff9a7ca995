"""Codes that name a place or a language, and whether one lies within another.

`DE-BY` lies within `DE`, `en-GB` within `en`: ISO 3166-2 and BCP 47 both go from the whole to the
part, as basic filtering after RFC 4647, section 3.3.1, has it.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final

COUNTRIES: Final = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ
    BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM
    DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS
    GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ
    MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
    VN VU WF WS YE YT ZA ZM ZW XK
    """.split()  # noqa: SIM905  two hundred and fifty lines otherwise
)
"""ISO 3166-1 alpha-2, and `XK` for Kosovo, which has no code there."""


def within(code: str, wholes: Iterable[str]) -> bool:
    """Return whether the code is one of these or a part of one; case does not matter."""
    part = folded(code)
    return any(part == one or part.startswith(f"{one}-") for one in map(folded, wholes))


def among(words: str, known: Iterable[str]) -> bool:
    """Return whether the words are one of these; case, width and spaces do not matter."""
    return folded(words) in map(folded, known)


def folded(text: str) -> str:
    """Return the spelling that all ways of writing the same words share (Unicode, NFKC_Casefold).

    Full-width letters, ligatures and composed accents are one with the plain ones, and what takes
    no room is left out. Letters of another script that look alike stay other letters.
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    shown = (one for one in plain if unicodedata.category(one) != "Cf")
    return " ".join("".join(shown).split())
