"""A client that openapi-python-client makes of the served contract runs the quickstart."""

import importlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.stack.conftest import DONE_S, Stack

pytestmark = pytest.mark.stack

PACKAGE = "mien_generated"


@pytest.fixture
def generated(stack: Stack, tmp_path: Path) -> Iterator[str]:
    """Return the name of the package that was made, importable."""
    document = tmp_path / "openapi.json"
    document.write_text(stack.get("/openapi.json").text)
    program = Path(sys.executable).with_name("openapi-python-client")
    done = subprocess.run(
        [
            *(program, "generate", "--path", document),
            *("--meta", "none", "--output-path", tmp_path / PACKAGE),
        ],
        capture_output=True,
        timeout=120,
        env={"PATH": str(program.parent)},
    )
    assert done.returncode == 0, done.stdout.decode()
    sys.path.insert(0, str(tmp_path))
    yield PACKAGE
    sys.path.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


def module(*names: str) -> ModuleType:
    return importlib.import_module(".".join(names))


def test_the_quickstart_runs_with_a_generated_client(
    stack: Stack, generated: str, short_face: Path
) -> None:
    # given
    models = module(generated, "models")
    part = module(generated, "types").File
    create = module(generated, "api.assessments.create_assessment")
    read = module(generated, "api.assessments.get_assessment")
    erase = module(generated, "api.assessments.delete_assessment")
    asked = {"reference": "visit-17", "analyses": ["expression"]}
    options = models.AssessmentOptions.from_dict(asked)

    # when
    with (
        module(generated).AuthenticatedClient(stack.url, stack.key) as client,
        short_face.open("rb") as video,
    ):
        body = models.CreateAssessmentFilesBody(
            video=part(video, "recording.mp4", "video/mp4"), request=options
        )
        created = create.sync(client=client, body=body)
        end = time.monotonic() + DONE_S
        while (one := read.sync(id=created.id, client=client)).status in ("queued", "processing"):
            assert time.monotonic() < end
            time.sleep(0.2)
        receipt = erase.sync(id=created.id, client=client)
        afterwards = read.sync_detailed(id=created.id, client=client)

    # then
    assert one.status == "succeeded"
    assert one.reference == "visit-17"
    assert one.result.quality.frames.sampled > 0
    assert receipt.id == created.id
    assert json.loads(afterwards.content)["code"] == "gone"
