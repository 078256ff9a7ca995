"""Which of our source files decide what a module does: itself, and all that it imports.

    training/sharing.py ─▶ import lines ─▶ training/builders.py ─▶ … ─▶ worker/motion.py

Imports are read, not run, so that asking costs milliseconds and needs no PyTorch.
"""

import ast
from pathlib import Path

#: The packages whose modules may decide weights.
PACKAGES = ("networks", "training", "worker")

#: How weights are kept and shown, and what may go wrong, decides nothing about them.
WITHOUT = frozenset(
    f"training/{name}.py" for name in ("faults", "fetch", "files", "progress", "repository")
)


def sources_of(start: str, root: Path) -> tuple[str, ...]:
    """The source files, relative to the root, that `start` reaches by its imports, sorted."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        source = waiting.pop()
        if source not in reached and source not in WITHOUT:
            reached.add(source)
            waiting += _imported(root / source, root)
    return tuple(sorted(reached))


def _imported(path: Path, root: Path) -> list[str]:
    """The source files that a file imports, at its top or inside a function."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
            # `from package import module`
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    ours = (name.replace(".", "/") for name in names if name.split(".")[0] in PACKAGES)
    files = (f"{name}{ending}" for name in ours for ending in (".py", "/__init__.py"))
    return [file for file in files if (root / file).is_file()]
