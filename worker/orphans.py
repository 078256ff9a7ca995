"""Orphans: files that no record owns, because it never came or because the store lost it."""

from typing import Final

ORPHAN_S: Final = 3600.0
"""Seconds since its last byte after which an orphan is erased; a record follows within seconds."""
