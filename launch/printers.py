"""Where the lines of the parts go: to the terminal through honcho's own printer, or nowhere."""

from typing import Any


class Silent:
    """Takes the lines and shows none; the last ones are kept by the stack for its faults."""

    width = 0

    def write(self, message: Any) -> None:
        """Take a line."""
