"""`ouro keys`: the keys of humans, made on their machines and kept there."""

from pathlib import Path
from typing import Annotated

import typer

from ouroboros.cli.options import AsJson

app = typer.Typer(
    help="The authority's keys: each human makes one and hands out its public half.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
KeyFile = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="Default: this machine's authority key.")
]


@app.command()
def make(file: KeyFile = None, as_json: AsJson = False) -> int:
    """Make a new private key, readable by its owner alone, and print its public half."""
    from ouroboros.cli.authority import key_path
    from ouroboros_warden.keys import make_key

    path = file or key_path()
    return _say(path, make_key(path), as_json=as_json)


@app.command()
def show(file: KeyFile = None, as_json: AsJson = False) -> int:
    """Print the public half of a key."""
    from ouroboros.cli.authority import key_path
    from ouroboros_warden.keys import load_key, public_key

    path = file or key_path()
    return _say(path, public_key(load_key(path)), as_json=as_json)


def _say(path: Path, public: str, *, as_json: bool) -> int:
    from ouroboros.cli.output import emit, page

    if as_json:
        emit({"public": public, "file": str(path)})
    else:
        page().print(public)
    return 0
