"""The domain: what an assessment is, how it moves, and what it may say. No framework."""

from typing import Final

VERSION: Final = "0.1.0"
SOFTWARE: Final = f"mien {VERSION}"
