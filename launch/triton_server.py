"""The embedded Triton: the server of the wheel nvidia-pytriton, in an environment of its own.

    BACKENDS/python        the wheel's Python backend and the stub of its Python version
    BACKENDS/onnxruntime   triton_backends/onnxruntime/model.py

Both are copied anew at every start (3 MB), so that an upgrade of the wheel is seen. Links
would not do: Triton refuses a library whose real path lies outside the backend directory.
"""

import hashlib
import shutil
import sysconfig
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from launch.backend_watch import STUB
from launch.faults import MissingProgram
from launch.parts import HOST, MEASURING, Part, Plan, bare_environment
from launch.triton_control import (
    COMMON_OPTIONS,
    PROCESSOR_OPTIONS,
    built_models,
    control_options,
)

GRACE_S: Final = 0.5
"""The last caller is gone when it is stopped, and it holds nothing that outlives it: what it would
do for six seconds is end its backend processes, one after another."""
SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - where the Python backend keeps its regions


@dataclass(frozen=True, slots=True)
class TritonWheel:
    """An installed wheel: its site-packages, the server's folder, its Python version ("3.11")."""

    environment: Path
    site_packages: Path
    python: str

    @property
    def server(self) -> Path:
        """The folder that the server program and its backends lie in."""
        return self.site_packages / "pytriton" / "tritonserver"

    @property
    def program(self) -> Path:
        """The server program."""
        return self.server / "bin" / "tritonserver"


def find_triton(environment: Path) -> TritonWheel:
    """Return the wheel in a virtual environment, or raise `MissingProgram`."""
    for site_packages in sorted((environment / "lib").glob("python3.*/site-packages")):
        wheel = TritonWheel(environment, site_packages, site_packages.parent.name[len("python") :])
        if wheel.program.is_file():
            return wheel
    raise MissingProgram(
        f"no Triton in {environment}: run `make install`,"
        " or install nvidia-pytriton, numpy<2 and onnxruntime there"
    )


def find_libpython(wheel: TritonWheel, folders: Iterable[Path] = ()) -> Path:
    """Return the folder of the shared Python library of the stub, or say what to install."""
    library = f"libpython{wheel.python}.so.1.0"
    for folder in (*folders, *_library_folders(wheel.environment)):
        if (folder / library).exists():
            return folder
    raise MissingProgram(
        f"{library} not found, and Triton's Python backend needs it: install Debian's"
        f" libpython{wheel.python}, or a Python {wheel.python} built with --enable-shared"
    )


def _library_folders(environment: Path) -> list[Path]:
    multiarch = sysconfig.get_config_var("MULTIARCH") or "x86_64-linux-gnu"
    places = [
        _home(environment).parent / "lib",
        Path(sysconfig.get_config_var("LIBDIR") or "/usr/lib"),
        Path("/usr/lib") / multiarch,
        Path("/usr/local/lib"),
        Path("/usr/lib64"),
    ]
    return list(dict.fromkeys(places))


def _home(environment: Path) -> Path:
    """Return the folder of the Python that the environment was made from."""
    lines = (environment / "pyvenv.cfg").read_text().splitlines()
    pairs = (line.partition("=") for line in lines)
    return Path(next((value.strip() for name, _, value in pairs if name.strip() == "home"), "/usr"))


def assemble_backends(wheel: TritonWheel, ours: Path, target: Path) -> Path:
    """Make the backend directory and return it; `ours` is `triton_backends/`."""
    shutil.rmtree(target, ignore_errors=True)
    stub = wheel.server / "python_backend_stubs" / wheel.python / STUB
    if not stub.is_file():
        raise MissingProgram(f"the Triton wheel has no stub for Python {wheel.python}")
    python = target / "python"
    python.mkdir(parents=True)
    for file in (wheel.server / "backends" / "python").iterdir():
        if file.is_file():
            shutil.copy(file, python)
    shutil.copy(stub, python)
    for model in ours.glob("*/model.py"):
        (target / model.parent.name).mkdir()
        shutil.copy(model, target / model.parent.name)
    return target


def triton_part(wheel: TritonWheel, backends: Path, libpython: Path, plan: Plan) -> Part:
    """Return Triton on loopback, with the models that are built when it starts, or not at all."""
    environment = bare_environment(plan.caller)
    libraries = (libpython, wheel.site_packages / "nvidia_pytriton.libs")
    # The stub finds its standard library through the first python3 on PATH.
    paths = (str(wheel.environment / "bin"), environment.get("PATH", "/usr/bin:/bin"))
    environment |= {
        "PATH": ":".join(paths),
        "PYTHONPATH": str(wheel.site_packages),
        "LD_LIBRARY_PATH": ":".join(map(str, libraries)),
    }
    command = (str(wheel.program), *_options(backends, plan))
    return Part("triton", command, environment, grace_s=GRACE_S, niceness=MEASURING)


def _options(backends: Path, plan: Plan) -> tuple[str, ...]:
    ports = plan.triton_ports
    return (
        f"--model-repository={plan.model_repository}",
        f"--backend-directory={backends}",
        *COMMON_OPTIONS, *PROCESSOR_OPTIONS,
        *control_options(built_models(plan.model_repository), plan.control_key),
        "--metrics-interval-ms=10000",
        f"--backend-config=python,shm-region-prefix-name={shared_memory_prefix(plan.data)}",
        f"--http-address={HOST}", f"--http-port={ports.http}",
        f"--grpc-address={HOST}", f"--grpc-port={ports.grpc}",
        f"--metrics-address={HOST}", f"--metrics-port={ports.metrics}",
    )  # fmt: skip


def shared_memory_prefix(data: Path) -> str:
    """Return how the names of a data folder's shared memory regions begin."""
    return f"mien_{hashlib.sha256(bytes(data)).hexdigest()[:12]}_"


@contextmanager
def shared_memory(data: Path, folder: Path = SHARED_MEMORY) -> Generator[None]:
    """Leave no region behind: neither those of a stack killed before, nor this one's own."""
    _remove_regions(data, folder)
    try:
        yield
    finally:
        _remove_regions(data, folder)


def _remove_regions(data: Path, folder: Path) -> None:
    for region in folder.glob(f"{shared_memory_prefix(data)}*"):
        region.unlink(missing_ok=True)


def is_ready(http_port: int) -> bool:
    """Say whether the server answers; it does not start without all models that are built."""
    try:
        answer = httpx.get(
            f"http://{HOST}:{http_port}/v2/health/ready", timeout=2.0, trust_env=False
        )
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK
