"""Families of problems, the asking half: what is a task at level 12, and how does it read.

The answering half (what is true) lives in `ouroboros_judges.answers`, in another process.
"""

from collections.abc import Sequence

from ouroboros.envs.base import Family, Format
from ouroboros.plugins import load_plugins

__all__ = ["BUILT_IN", "Family", "Format", "load_families"]

BUILT_IN = {
    "reverse_addition": "ouroboros.envs.addition:ReverseAddition",
    "forward_addition": "ouroboros.envs.addition:ForwardAddition",
    "copy": "ouroboros.envs.strings:Copy",
    "reverse": "ouroboros.envs.strings:Reverse",
    "parity_chain": "ouroboros.envs.parity:ParityChain",
    "subtraction": "ouroboros.envs.subtraction:Subtraction",
    "kinematics": "ouroboros.envs.kinematics:Kinematics",
}


def load_families(names: Sequence[str] | None = None) -> dict[str, Family]:
    """The families of these names, in this order; all of them, plugins included, for None.

    Raises:
        UsageError: An unknown name; the message lists the known ones.
        PluginError: A plugin that cannot be loaded; the message names it.
    """
    return load_plugins(
        kind="family",
        group="ouroboros.families",
        built_in=BUILT_IN,
        names=names,
        protocol=Family,
    )
