"""`python -m tests.containers`: images built, weighed, brought up, tried, and taken away again.

stand-ins of base images ─▶ four images, SBOMs, sizes ─▶ compose up ─▶ shown ─▶ nothing left
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Final

from tests.containers import images, showing, stand_ins
from tests.containers.house import furnish, prepare, up
from tests.containers.workshop import CannotRun, Workshop, workshop
from tests.stack.conftest import free_port

PROJECT: Final = Path(__file__).resolve().parents[2]
BEGAN: Final = time.monotonic()
OVERRIDE: Final = Path(__file__).with_name("compose.override.yml")


def say(text: str) -> None:
    """Print with the seconds since the start."""
    print(f"[{time.monotonic() - BEGAN:5.0f} s] {text}", flush=True)  # noqa: T201 - its output


def build_all(one: Workshop, out: Path) -> None:
    """Build every image that can be built without a GPU's base, and hold them to their limits."""
    stand_ins.make(one)
    say("base images stand in")
    built: list[images.Image] = []
    out.mkdir(parents=True, exist_ok=True)
    for target in images.TARGETS:
        images.build(one, PROJECT, target)
        built.append(images.weigh(one, target))
        images.require_light(built[-1])
        images.require_bare(one, target)
        listed = images.require_listed(one, target, images.write_sbom(one, PROJECT, target, out))
        size = built[-1].size / images.MEGABYTE
        say(f"{target}: {size:.0f} MB, {listed} packages, all in {target}.cdx.json")
    sizes = images.table(built)
    (out / "sizes.md").write_text(sizes + "\n")
    say(f"sizes, base first\n{sizes}")


def show_all(one: Workshop) -> None:
    """Bring the profile `cpu` up and show what it does."""
    house = furnish(one, PROJECT, free_port(), {})
    (house.folder / "docker-compose.override.yml").write_text(OVERRIDE.read_text())
    say(f"not prepared: {showing.refuses_without_secrets(house)}")
    prepare(house, PROJECT)
    say(f"without a secret: {showing.refuses_without_one_secret(house)}")
    with up(house):
        say(f"ready at {house.url}")
        showing.health(house)
        showing.closed(house)
        say("healthy; no root, nothing writable, no way out of the worker")
        say(f"Prometheus reads {showing.scraped(house)}")
        say(f"mien assess\n{showing.assess(house, PROJECT)}")
        say(f"tests of the embedded stack: {showing.contract(house, PROJECT)}")
        showing.secrets_kept(house)
        say("no secret in settings, commands or logs")


def main() -> int:
    """Do it all; 0 when everything held, 1 with a sentence when something did not."""
    parser = argparse.ArgumentParser(prog="python -m tests.containers", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp/mien-containers"))
    parser.add_argument("--out", type=Path, default=PROJECT / "data" / "containers")
    parser.add_argument("--keep", action="store_true", help="leave the images for the next time")
    parser.add_argument(
        "--built", action="store_true", help="take the images kept before as they are"
    )
    options = parser.parse_args()
    try:
        with workshop(options.folder.resolve(), keep=options.keep) as one:
            if not options.built:
                build_all(one, options.out)
            show_all(one)
    except CannotRun as fault:
        print(f"containers: {fault}", file=sys.stderr)  # noqa: T201
        return 1
    say("everything held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
