"""What a judge is made of: every file of ours that it can import, and the packages of others.

The closure of a module is found by reading, never by importing: its import statements, wherever
they stand, and the `package.module:attribute` strings by which built-in families are named. Files
of our three packages count by their bytes. A distribution of somebody else's counts by its name,
version and the hash of its `RECORD`, which holds the hash of each of its files; that the files
still match it is the business of whoever installed them.
"""

import ast
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path

from ouroboros_warden.canonical import Json, content_id, file_id
from ouroboros_warden.errors import UsageError

OURS = ("ouroboros", "ouroboros_judges", "ouroboros_warden")
PLUGINS = ("ouroboros.families", "ouroboros_judges.answers")  # entry points that judges load
_NAMED = re.compile(r"(ouroboros\w*(?:\.\w+)+):\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Files by module and foreign distributions by name, of one or more modules."""

    files: dict[str, Path]
    others: dict[str, str]

    def digest(self) -> str:
        """One hash for all of it as it is on the disk now; UsageError where a file is gone."""
        try:
            ours = {module: file_id(path) for module, path in self.files.items()}
        except OSError as error:
            raise UsageError(f"{error.filename} cannot be read: {error.strerror}") from error
        found: Json = {"ours": ours, "others": self.others, "python": platform.python_version()}
        return content_id(found)


def closure_of(*modules: str) -> Closure:
    """Everything that these modules of ours can import; UsageError where one is not there."""
    files: dict[str, Path] = {}
    foreign: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module in files:
            continue
        if module.partition(".")[0] not in OURS:
            foreign.add(module.partition(".")[0])
            continue
        path = _file_of(module)
        if path is None:
            if module in modules:
                raise UsageError(f"there is no module {module}")
            continue  # an attribute that looked like a module
        files[module] = path
        waiting += [*_parents(module), *_imports(module, path)]
    return Closure(files=dict(sorted(files.items())), others=_others(foreign))


def _imports(module: str, path: Path) -> Iterator[str]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=source, names=names, level=level):
                above = package.split(".")[: len(package.split(".")) + 1 - level] if level else []
                found = ".".join([*above, *([source] if source else [])])
                yield found
                yield from (f"{found}.{name.name}" for name in names)
            case ast.Constant(value=str(text)) if named := _NAMED.fullmatch(text):
                yield named[1]
            case _:
                pass


def _parents(module: str) -> Iterator[str]:
    while module := module.rpartition(".")[0]:
        yield module


def _file_of(module: str) -> Path | None:
    tail = Path(*module.split("."))
    for folder in map(Path, sys.path):
        for path in (folder / tail / "__init__.py", (folder / tail).with_suffix(".py")):
            if path.is_file():
                return path
    return None


def _others(names: set[str]) -> dict[str, str]:
    """What stands for each distribution that holds one of these packages, or a plugin."""
    wanted = names - sys.stdlib_module_names
    named = {name: _identity(found) for name in wanted if (found := _called(name))}
    unknown = wanted - named.keys()
    for each in distributions():
        plugs = any(entry.group in PLUGINS for entry in each.entry_points)
        if (plugs or (unknown and unknown & _tops(each))) and each.name != OURS[0]:
            named[each.name] = _identity(each)
    return dict(sorted(named.items()))


def _called(name: str) -> Distribution | None:
    """The distribution of the same name as its package, which saves reading all the others."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    return found if name in _tops(found) else None


def _identity(found: Distribution) -> str:
    return content_id({"version": found.version, "record": _lines(found)})


def _tops(found: Distribution) -> set[str]:
    return {re.split("[/,]", line, maxsplit=1)[0].removesuffix(".py") for line in _lines(found)}


def _lines(found: Distribution) -> list[str]:
    """Its files with their hashes; not the scripts, which name the place they were put in."""
    lines = (found.read_text("RECORD") or "").splitlines()
    return [line for line in lines if not line.startswith("../")]
