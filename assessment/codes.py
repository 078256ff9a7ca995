"""Codes that name a place or a language, and whether one lies within another.

`DE-BY` lies within `DE`, `en-GB` within `en`: ISO 3166-2 and BCP 47 both go from the whole to the
part, as basic filtering after RFC 4647, section 3.3.1, has it.
"""

from collections.abc import Iterable


def within(code: str, wholes: Iterable[str]) -> bool:
    """Return whether the code is one of these or a part of one; case does not matter."""
    folded = code.casefold()
    return any(folded == one or folded.startswith(f"{one}-") for one in map(str.casefold, wholes))


def among(words: str, known: Iterable[str]) -> bool:
    """Return whether the words are one of these; case and spaces around do not matter."""
    return words.strip().casefold() in {one.strip().casefold() for one in known}
