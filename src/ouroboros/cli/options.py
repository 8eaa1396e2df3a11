"""Arguments that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

_RUN = "A run's folder, or its name under runs/; the newest by default."

AsJson = Annotated[bool, typer.Option("--json", help="End with one JSON object on one line.")]
RunArgument = Annotated[Path | None, typer.Argument(metavar="RUN_DIR", help=_RUN)]
RunOption = Annotated[Path | None, typer.Option("--run-dir", metavar="DIR", help=_RUN)]
