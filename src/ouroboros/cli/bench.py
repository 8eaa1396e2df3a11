"""`ouro bench`: the figures of the README, each by one command."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from ouroboros.cli.options import AsJson


def bench(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A file of bench/, for example climb.")],
    seeds: Annotated[int | None, typer.Option("--seeds", min=1, help="How many seeds.")] = None,
    as_json: AsJson = False,
) -> int:
    """Run a benchmark of the source tree; options that are not listed here are passed on."""
    from ouroboros.cli.warden import source_environment
    from ouroboros.errors import UsageError

    folder = bench_folder()
    known = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    if name not in known:
        raise UsageError(f"there is no bench {name!r}; known: {', '.join(known)}")
    command = [sys.executable, str(folder / f"{name}.py"), *context.args]
    command += ["--seeds", str(seeds)] if seeds is not None else []
    command += ["--json"] if as_json else []
    code = subprocess.run(command, env=source_environment()).returncode  # noqa: S603 our own file
    return code if code in {0, 2, 3} else 1


def bench_folder() -> Path:
    """The source tree's `bench/`; UsageError where the package was installed without it."""
    import ouroboros
    from ouroboros.errors import UsageError

    root = Path(ouroboros.__file__).resolve().parents[2]
    if not (root / "pyproject.toml").is_file() or not (root / "bench").is_dir():
        raise UsageError("benchmarks need the source tree: clone the repository")
    return root / "bench"
