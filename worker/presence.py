"""A worker's sign of life, and which networks it can reach: what `/readyz` and operators read."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assessment.faults import Fault, StoreUnavailable
from assessment.ports import Roster

log = logging.getLogger(__name__)

EVERY_S = 3.0
VALID_S = 12.0


@dataclass(frozen=True, slots=True)
class Presence:
    """Signs the worker in, every few seconds, from a thread of its own."""

    roster: Roster
    reachable_models: Callable[[], Mapping[str, str]]

    def start(self) -> None:
        """Begin; ends with the process."""
        threading.Thread(target=self._keep_signing_in, name="presence", daemon=True).start()

    def _keep_signing_in(self) -> None:
        name = f"{socket.gethostname()}-{os.getpid()}"
        pause = threading.Event()
        while not pause.wait(self._sign_in(name)):
            pass

    def _sign_in(self, name: str) -> float:
        """Sign in once and return the seconds until the next time."""
        models: Mapping[str, str] = {}
        try:
            models = self.reachable_models()
        except Fault as fault:
            log.warning("networks are out of reach: %s", fault.code)
        try:
            self.roster.sign_in(name, models, for_s=VALID_S)
        except StoreUnavailable:
            log.warning("the store is out of reach")
        return EVERY_S if models else EVERY_S / 3
