"""Finds a registry's files in a folder."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from bot.app.registry.problems import Problem, said
from bot.app.registry.tables import MANDATORY, NEEDS, Table


def find_files(folder: Path, problems: list[Problem]) -> Mapping[Table, Path]:
    """The file of each table, whatever its capitals; adds what is missing or unknown."""
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    except OSError:
        problems.append(Problem(str(folder), None, None, said("no_folder")))
        return {}
    files: dict[Table, Path] = {}
    for path in found:
        name = path.name.lower()
        if name not in list(Table):
            problems.append(_unknown(path.name))
        elif Table(name) in files:
            problems.append(Problem(path.name, None, None, said("file_twice")))
        else:
            files[Table(name)] = path
    problems += [
        Problem(table, None, None, said("file_missing"))
        for table in MANDATORY
        if table not in files
    ]
    problems += [
        Problem(table, None, None, said("file_needs", other=other))
        for table, other in NEEDS.items()
        if table in files and other not in files
    ]
    return files


def _unknown(name: str) -> Problem:
    close = get_close_matches(Path(name.lower()).stem, [table.stem for table in Table], n=1)
    if close:
        return Problem(name, None, None, said("file_unknown_close", suggestion=f"{close[0]}.csv"))
    return Problem(name, None, None, said("file_unknown", files=", ".join(Table)))
