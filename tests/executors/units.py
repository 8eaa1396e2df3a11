"""Work units of the executors' tests; workers import them by name."""

import gc
import os
import struct
import time
from multiprocessing.connection import Connection
from pathlib import Path


def square(number: int) -> int:
    return number * number


def sleepy_square(number: int) -> int:
    time.sleep(0.03 * (5 - number))  # later items answer first
    return number * number


def identity(_: object) -> int:
    return os.getpid()


def divide(number: int) -> float:
    return 1 / number


def threads(_: object) -> int:
    import torch

    return torch.get_num_threads()


def die_once(marker: str) -> str:
    """Take the worker down at the first attempt."""
    if not Path(marker).exists():
        Path(marker).touch()
        os._exit(1)
    return "alive"


def die_amid_an_answer(marker: str) -> str:
    """Promise an answer of a hundred bytes at the first attempt, and die after three."""
    if not Path(marker).exists():
        Path(marker).touch()
        for pipe in [each for each in gc.get_objects() if type(each) is Connection]:
            os.write(pipe.fileno(), struct.pack("!i", 100) + b"abc")
        os._exit(1)
    return "alive"


def die_always_or_linger(folder: str) -> str:
    """One unit kills every worker; another ends half a second after the second death."""
    path = Path(folder.removeprefix("linger:"))
    deaths = path / "deaths"
    if not folder.startswith("linger:"):
        with deaths.open("a") as file:
            file.write("x")
        os._exit(1)
    while not deaths.exists() or len(deaths.read_text()) < 2:
        time.sleep(0.01)
    time.sleep(0.5)
    return "late"


def unpicklable(_: object) -> object:
    return lambda: None


def note_and_sleep(path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    time.sleep(120)
