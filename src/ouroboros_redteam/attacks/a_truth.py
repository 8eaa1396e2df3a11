"""Class A, truth: reading answers past the wall, verdicts, secrets and the judges' own code."""

import os
import sys
from pathlib import Path

from ouroboros_redteam.attack import Benign, Inside, asked, boxed
from ouroboros_redteam.bench import LEFT_OUT, WALLS
from ouroboros_redteam.engine import Engine
from ouroboros_redteam.reach import for_writing, open_file, read_file

PROMPT = {
    "copy": "1234=",
    "reverse": "1234=",
    "forward_addition": "123+456=",
    "reverse_addition": "123+456=",
}  # one level past the wall of each family


def _examples(engine: Engine, family: str, level: object, **more: object) -> object:
    """The request as a message, so that any type can stand in any field."""
    message = {"type": "examples", "key": engine.key(), "family": family, "level": level}
    return engine.send({**message, "count": 2, "seed": 1, **more})


def _verify(engine: Engine, family: str, level: int, prompt: str) -> object:
    return engine.warden.verify(engine.key(), family, level, [prompt], [["1"]])


def _at_wall(family: str) -> Benign:
    return Benign(
        f"read examples of {family} at the wall", lambda e: _examples(e, family, WALLS[family])
    )


def _judges() -> Path:
    """Where the judges' code lies; FileNotFoundError where nothing is to be seen of it."""
    for folder in map(Path, sys.path):
        if (folder / "ouroboros_judges").exists():
            return folder / "ouroboros_judges"
    raise FileNotFoundError("no judges are to be seen")


def _import_judges(_engine: Engine) -> str:
    try:
        import ouroboros_judges.answers.strings as answers  # pyright: ignore
    except ImportError as error:
        raise OSError(str(error)) from error
    return repr(answers.CopyAnswers().solve("12="))


def _import_envs(_engine: Engine) -> str:
    import ouroboros.envs.strings as asking

    return asking.Copy().name


def _in_formal(family: str) -> Benign:
    return Benign(
        f"read a verdict on {family} in formal mode",
        lambda e: _verify(e, family, WALLS[family] + 1, PROMPT[family]),
    )


def _past_wall(number: int, family: str) -> Inside:
    return asked(
        f"A5.{number}",
        f"read examples of {family} one level past the wall in self mode",
        lambda e: _examples(e, family, WALLS[family] + 1),
        _at_wall(family),
        "4",
    )


def _verdict(number: int, family: str, level: int) -> Inside:
    return asked(
        f"A5.{number}",
        f"read a verdict on {family} in self mode, at level {level}",
        lambda e: _verify(e, family, level, PROMPT[family]),
        _in_formal(family),
        "4",
        twin_mode="formal",
    )


def _level(number: int, title: str, level: object) -> Inside:
    return asked(
        f"A5.{number}",
        f"read examples at a level that is {title}",
        lambda e: _examples(e, "copy", level),
        _at_wall("copy"),
        "4",
    )


def _family(number: int, title: str, family: str) -> Inside:
    return asked(
        f"A5.{number}",
        f"read examples of {title}",
        lambda e: _examples(e, family, 1),
        _at_wall("reverse"),
        "4",
    )


_ASKING = Benign("read the half of a family that asks", _import_envs)
_TOLD = Benign("read the configuration that one is told", lambda e: e.warden.hello().config)

ATTACKS: list[Inside] = [
    *(_past_wall(number, family) for number, family in enumerate(WALLS, start=1)),
    *(_verdict(number, family, WALLS[family] + 1) for number, family in enumerate(WALLS, start=5)),
    _verdict(9, "copy", 3),
    _level(10, "huge", 1 << 62),
    _level(11, "more than the articles can count", 1 << 63),
    _level(12, "zero", 0),
    _level(13, "negative", -1),
    _level(14, "true", True),
    _level(15, "a fraction", 3.0),
    _level(16, "a text", "4"),
    _level(17, "a list", [3, 4]),
    _family(18, "a family that is installed and not part of the run", LEFT_OUT),
    _family(19, "a family in Cyrillic letters", "\u0441ору"),  # noqa: RUF001
    _family(20, "a family with an invisible character", "copy\u200b"),
    _family(21, "a family with another case", "Copy"),
    _family(22, "a family with a path", "../copy"),
    asked(
        "A5.23",
        "say in the request that the mode is formal",
        lambda e: _examples(e, "copy", 4, mode="formal"),
        _at_wall("copy"),
        "4",
    ),
    asked(
        "A5.24",
        "read more examples at once than are lent",
        lambda e: _examples(e, "copy", 1, count=100_001),
        Benign("read a hundred examples", lambda e: _examples(e, "copy", 1, count=100)),
        "4",
    ),
    asked(
        "A5.25",
        "read past the wall by a key that has an answer",
        lambda e: _known_key(e),
        _at_wall("copy"),
        "4",
    ),
    asked(
        "A5.26",
        "read a verdict past the stated level in formal mode",
        lambda e: _verify(e, "copy", 3, "123456="),
        _in_formal("copy"),
        "4",
        "formal",
    ),
    asked(
        "A5.27",
        "read a verdict on what is no prompt in formal mode",
        lambda e: _verify(e, "copy", 3, "__import__('os')"),
        _in_formal("copy"),
        "4",
        "formal",
    ),
    asked(
        "A8.1",
        "have the oracle make an example too large for it in formal mode",
        lambda e: _examples(e, "copy", 1 << 62, count=1),
        _in_formal("copy"),
        "4",
        "formal",
    ),
    asked(
        "A5.28",
        "read a verdict on fewer solutions than prompts in formal mode",
        lambda e: e.warden.verify(e.key(), "copy", 1, ["1=", "2="], [["1"]]),
        _in_formal("copy"),
        "4",
        "formal",
    ),
    boxed("A5.29", "import the judges' answers", _import_judges, _ASKING),
    boxed(
        "A5.30", "open the examiner's code", lambda e: open_file(_judges() / "examiner.py"), _ASKING
    ),
    boxed(
        "A1.1",
        "open the examiner's code for writing",
        lambda e: for_writing(_judges() / "examiner.py"),
        _ASKING,
    ),
    boxed(
        "A1.2",
        "open the gate's code for writing",
        lambda e: for_writing(_warden_code() / "gate.py"),
        _ASKING,
    ),
    boxed("A5.31", "read the exam secret", lambda e: read_file(e.run / "warden" / "secret"), _TOLD),
    boxed("A5.32", "read the log", lambda e: read_file(e.run / "log" / "records.jsonl"), _TOLD),
    boxed("A5.33", "read the events", lambda e: read_file(e.run / "events.jsonl"), _TOLD),
    boxed(
        "A5.34",
        "read what was complained of",
        lambda e: read_file(e.run / "warden" / "engine.stderr"),
        _TOLD,
    ),
    boxed("A5.35", "look through the processes for a judge", lambda e: _search_processes(), _TOLD),
]


def _known_key(engine: Engine) -> object:
    key = engine.key()
    _examples(engine, "copy", 3, key=key)
    return _examples(engine, "copy", 4, key=key)


def _warden_code() -> Path:
    import ouroboros_warden

    return Path(ouroboros_warden.__file__).parent


def _search_processes() -> str:
    """Any other process's command line."""
    for name in os.listdir("/proc"):
        if name.isdecimal() and int(name) != os.getpid():
            return read_file(f"/proc/{name}/cmdline")
    raise FileNotFoundError("no processes are to be seen")
