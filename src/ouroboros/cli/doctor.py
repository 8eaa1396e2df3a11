"""`ouro doctor`: what this machine can do, and which presets fit it."""

import os
import platform
import shutil
import time
from pathlib import Path
from typing import Any

from ouroboros.cli.options import AsJson

# What a preset needs: cores, free memory and disk in GB, GFLOP/s of one core. Measured on two
# cores of an AMD EPYC at 2.45 GHz (64 to 86 GFLOP/s each): a slower core makes for a longer run.
NEEDS = {"tiny": (1, 1.5, 0.2, 5), "laptop": (2, 3.0, 1.0, 30)}
MATMUL = 768  # rows and columns of the matrices that are timed
TIMED = 0.4  # seconds
GB = 1e9


def doctor(as_json: AsJson = False) -> int:
    """Measure the machine and say which presets it can run."""
    from ouroboros.cli.output import emit, page

    found = examine()
    if as_json:
        emit(found)
        return 0
    console = page()
    for what, value in found.items():
        if what != "presets":
            console.print(f"{what.replace('_', ' '):>22}  {value}")
    for preset, verdict in found["presets"].items():
        console.print(f"{preset:>22}  {verdict}", style="bold")
    return 0


def examine() -> dict[str, Any]:
    """The machine's figures; None where they cannot be read."""
    import multiprocessing

    import torch

    found: dict[str, Any] = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "kernel": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_free_gb": _free_memory(),
        "disk_free_gb": round(shutil.disk_usage(Path.cwd()).free / GB, 1),
        "shared_memory_free_gb": _shared_memory(),
        "gflops_per_core": _matmul_rate(),
        "start_method": f"spawn; the system's own is {multiprocessing.get_start_method()}",
    }
    found["tier"], found["confinement"] = _confinement()
    return {**found, "presets": {name: verdict(name, found) for name in NEEDS}}


def verdict(preset: str, found: dict[str, Any]) -> str:
    """Whether a preset fits the machine that `found` describes, or what is missing."""
    cores, memory, disk, rate = NEEDS[preset]
    lacks = [
        f"{what} {found[name]} of {needed}"
        for what, name, needed in (
            ("cores", "cores", cores),
            ("free memory in GB", "memory_free_gb", memory),
            ("free disk in GB", "disk_free_gb", disk),
        )
        if found[name] is not None and found[name] < needed
    ]
    if found["tier"] is None:
        lacks.append("confinement")
    if lacks:
        return f"does not fit: {'; '.join(lacks)}"
    if found["gflops_per_core"] < rate:
        return "fits, but will take longer than it says: the cores are slow or busy"
    return "fits"


def _free_memory() -> float | None:
    for line in _read("/proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return round(int(line.split()[1]) * 1024 / GB, 1)
    return None


def _shared_memory() -> float | None:
    try:
        return round(shutil.disk_usage("/dev/shm").free / GB, 1)  # noqa: S108 asked about, not used
    except OSError:
        return None


def _matmul_rate() -> float:
    """GFLOP/s of one thread in a single-precision matrix product."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    a = torch.ones(MATMUL, MATMUL)
    torch.matmul(a, a)  # the first product sets things up
    count, began = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - began) < TIMED:
        torch.matmul(a, a)
        count += 1
    torch.set_num_threads(threads)
    return round(2 * MATMUL**3 * count / elapsed / 1e9, 1)


def _confinement() -> tuple[str | None, str]:
    """The tier, None where there is none, and in words what it is worth."""
    if platform.system() != "Linux":
        return None, "it takes Linux"
    from ouroboros_warden.errors import Refused
    from ouroboros_warden.probe import drill

    try:
        found = drill()
    except Refused as refusal:
        return None, str(refusal)
    means = [
        f"Landlock ABI {found['landlock']}",
        *(["a user of its own"] if found["own_user"] else []),
        *(["namespaces"] if found["tier"] > "T1" else []),
        *(["a control group"] if found["group"] else []),
    ]
    worth = f"{', '.join(means)}; {found['stopped']} attempts to escape, all stopped"
    return found["tier"], f"{found['tier']} ({worth})"


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
