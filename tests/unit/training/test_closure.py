"""The closure of imports: what decides weights is found, and nothing else."""

from pathlib import Path

from training.closure import sources_of
from training.repository import ROOT


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_imports_are_followed_wherever_they_stand(tmp_path: Path) -> None:
    # given a chain over two packages, an import inside a function, and a circle
    write(tmp_path, "training/a.py", "import numpy\nfrom training.b import x\n")
    write(tmp_path, "training/b.py", "def f():\n    from networks import c\n")
    write(tmp_path, "networks/__init__.py", "")
    write(tmp_path, "networks/c.py", "import training.a\n")
    write(tmp_path, "training/other.py", "from training.a import y\n")

    # then
    assert sources_of("training/a.py", tmp_path) == (
        "networks/__init__.py",
        "networks/c.py",
        "training/a.py",
        "training/b.py",
    )


def test_what_keeps_and_shows_weights_does_not_decide_them(tmp_path: Path) -> None:
    # given
    write(tmp_path, "training/a.py", "from training.faults import F\nfrom service.x import y\n")
    write(tmp_path, "training/faults.py", "from training.secret import z\n")
    write(tmp_path, "training/secret.py", "")
    write(tmp_path, "service/x.py", "")

    # then
    assert sources_of("training/a.py", tmp_path) == ("training/a.py",)


def test_the_networks_on_shared_trunks_depend_on_the_drawing_and_the_workers_motion() -> None:
    # when
    sources = sources_of("training/sharing.py", ROOT)

    # then
    assert {"training/drawing.py", "networks/two_stream.py", "worker/motion.py"} <= set(sources)
    assert "training/proving/scenes.py" not in sources
