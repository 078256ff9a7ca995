"""Finding what a loader expects, and saying where it was expected.

Archives unpack into different depths, so a place is a list of folders; the first that exists is
taken, and the first of all is named in the error.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from training.faults import DataMissing, LabelInvalid, TableInvalid


def the_folder(root: Path, place: str, *others: str) -> Path:
    """Return the first of the places, relative to `root`, that is a folder.

    Raises `DataMissing`, which names all of them.
    """
    if not root.is_dir():
        raise DataMissing(f"{root} is not a folder")
    for path in (root / place, *(root / other for other in others)):
        if path.is_dir():
            return path
    elsewhere = f" (nor is there {', '.join(others)})" if others else ""
    raise DataMissing(f"{root} lacks the folder {place}{elsewhere}")


def the_file(folder: Path, pattern: str, advice: str = "") -> Path:
    """Return the first file, by name, that matches a pattern such as `fer2013.csv`."""
    if not folder.is_dir():
        raise DataMissing(f"{folder} is not a folder")
    found = sorted(path for path in folder.glob(pattern) if path.is_file())
    if not found:
        raise DataMissing(f"{folder} lacks {pattern}{': ' if advice else ''}{advice}")
    return found[0]


def files_in(folder: Path, *patterns: str) -> list[Path]:
    """Return the files that match, by name; hidden ones, such as macOS's `._…`, are not data.

    Raises `DataMissing` when there are none.
    """
    found = {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
    files = sorted(path for path in found if not path.name.startswith("."))
    if not files:
        raise DataMissing(f"{folder} holds no {' or '.join(patterns)}")
    return files


def folders_in(folder: Path, pattern: str = "*") -> list[Path]:
    """Return the folders that match, by name; raises `DataMissing` when there are none."""
    found = sorted(path for path in folder.glob(pattern) if path.is_dir())
    if not found:
        raise DataMissing(f"{folder} holds no folder {pattern}")
    return found


def text_of(path: Path) -> str:
    """Return a small text file, stripped; raises `DataMissing` or `LabelInvalid`."""
    try:
        return path.read_text(encoding="utf-8-sig").strip()
    except FileNotFoundError as error:
        raise DataMissing(f"{path} is missing") from error
    except UnicodeDecodeError as error:
        raise LabelInvalid(f"{path} is not text") from error


def rows_of(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and cells of a csv whose header, maybe below a preamble, has the columns.

    Names and cells are stripped; wholly empty rows are passed over. Raises `TableInvalid`.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            lines = csv.reader(stream)
            header = _header(lines, columns, path)
            for cells in lines:
                if any(cell.strip() for cell in cells):
                    yield lines.line_num, _named(cells, header, path, lines.line_num)
    except FileNotFoundError as error:
        raise DataMissing(f"{path} is missing") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise TableInvalid(f"{path} is not a csv in UTF-8: {error}") from error


def _header(lines: Iterator[list[str]], columns: tuple[str, ...], path: Path) -> list[str]:
    for cells in lines:
        names = [cell.strip() for cell in cells]
        if set(columns) <= set(names):
            return names
    raise TableInvalid(f"{path} has no header with the columns {', '.join(columns)}")


def _named(cells: list[str], header: list[str], path: Path, line: int) -> dict[str, str]:
    if len(cells) < len(header):
        raise TableInvalid(f"{path}, line {line}: {len(cells)} cells instead of {len(header)}")
    return {name: cell.strip() for name, cell in zip(header, cells, strict=False)}


def class_of(word: str, classes: tuple[str, ...], where: str) -> int:
    """Return a class's number; raises `LabelInvalid`, which names the place and the classes."""
    if word not in classes:
        raise LabelInvalid(f"{where}: {word!r} is none of {', '.join(classes)}")
    return classes.index(word)
