"""A worker's sign of life, and which networks it scores with: what `/readyz` and operators read."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from assessment.faults import StoreUnavailable
from assessment.ports import Roster
from worker.guard import Attendance

log = logging.getLogger(__name__)

EVERY_S = 3.0
VALID_S = 12.0


@dataclass(frozen=True, slots=True)
class Presence:
    """Signs the worker in, every few seconds, from a thread of its own."""

    roster: Roster
    look: Callable[[], Attendance]

    def start(self) -> None:
        """Begin; ends with the process."""
        threading.Thread(target=self._keep_signing_in, name="presence", daemon=True).start()

    def _keep_signing_in(self) -> None:
        name = f"{socket.gethostname()}-{os.getpid()}"
        pause = threading.Event()
        while not pause.wait(self.sign_in(name)):
            pass

    def sign_in(self, name: str) -> float:
        """Sign in once under this name and return the seconds until the next time."""
        found = self.look()
        try:
            self.roster.sign_in(name, found.models, for_s=VALID_S, unfit=found.unfit)
        except StoreUnavailable:
            log.warning("the store is out of reach")
        return EVERY_S if found.models else EVERY_S / 3
