"""A whole internet in one process: every address there is leads to one canary, which notes it.

A network namespace has its own loopback and its own resolver. In it, every address of IPv4 and
IPv6 is made local, so that 10.0.0.1, 169.254.169.254 and 93.184.216.34 can really be connected
to, and the canary sees which one was. Needs `unshare` and `ip`; no privileges where the kernel
lets users make namespaces.
"""

import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROUTES: Final = (
    ("ip", "link", "set", "lo", "up"),
    ("ip", "-4", "route", "add", "local", "0.0.0.0/0", "dev", "lo"),
    ("ip", "-6", "route", "add", "local", "::/0", "dev", "lo"),
)
PORTS: Final = (22, 80, 443, 6379, 8000, 8443)
Answer = Callable[[str], bytes]
"""Returns the whole answer to a request for the path."""


def possible() -> bool:
    """Return whether this machine lets us have a namespace of our own."""
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    return subprocess.run([*UNSHARED, "true"], check=False, capture_output=True).returncode == 0


UNSHARED: Final = ("unshare", "--user", "--map-root-user", "--mount", "--net")


def again_inside(module: str, *arguments: str) -> int:
    """Run the module once more, in namespaces, and return its exit status."""
    return subprocess.run(
        [*UNSHARED, sys.executable, "-m", module, *arguments], check=False
    ).returncode


def enter() -> None:
    """Make every address ours, and this machine the one that is asked for names."""
    for command in ROUTES:
        subprocess.run(command, check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
        file.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)
    Path(file.name).unlink()


@dataclass(slots=True)
class Canary:
    """Listens everywhere; serves https at the public addresses, and only notes the others."""

    public: frozenset[str]
    tls: ssl.SSLContext
    answer: Answer
    seen: Counter[str] = field(default_factory=Counter[str])

    def start(self) -> None:
        """Listen from now on, until the process ends."""
        for family, everywhere in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
            for port in PORTS:
                listener = socket.socket(family)
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                listener.bind((everywhere, port))
                listener.listen(64)
                threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            line, _ = listener.accept()
            reached = line.getsockname()[0]
            self.seen[reached] += 1
            if reached in self.public:
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()
            else:
                line.close()

    def _serve(self, line: socket.socket) -> None:
        try:
            with self.tls.wrap_socket(line, server_side=True) as secured:
                path = secured.recv(65536).split(b" ", 2)[1].decode("ascii")
                secured.sendall(self.answer(path))
                secured.settimeout(1.0)
                while secured.recv(65536):  # To close with unread bytes would void the answer.
                    pass
        except (OSError, IndexError):
            return  # Whoever called had enough.

    def elsewhere(self, allowed: Iterable[str]) -> Counter[str]:
        """Return the connections to other addresses than those."""
        return Counter({one: count for one, count in self.seen.items() if one not in set(allowed)})


def certificate(names: Sequence[str], folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the contexts of a server with these names, and of a client that trusts it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)  # noqa: TID251
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "canary")])
    built = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "canary.pem"
    encoding = serialization.Encoding.PEM
    secret = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(built.public_bytes(encoding) + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))
