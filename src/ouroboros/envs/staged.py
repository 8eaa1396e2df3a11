"""Planned scenes with actors of the right size, and what they take for granted.

    class Braking(Staged):
        cast = (({"body": "a sledge"},), ({"body": "a racing car"},))   up to 9 m/s, and beyond
        assumes = ("the speed falls evenly",)
        templates = ("{Body} slows evenly from {u} to {v} in {t}. How far does it go?", ...)

A sledge does not brake from 847 m/s: who acts goes by the digits of the longest number. Not
covered: what is true of a scene.
"""

import random
from collections.abc import Mapping
from typing import Any

from ouroboros.envs.planned import Planned


class Staged(Planned):
    """A planned family of physics with a cast."""

    domain = "physics"
    wall = 3
    cast: tuple[tuple[Mapping[str, str], ...], ...]
    """Who may act, by role: for numbers of one digit, of two, and so on; the last for all longer.

    Templates name a role `{body}`, or `{Body}` where a sentence begins.
    """
    assumes: tuple[str, ...]
    """What every scene takes for granted and a stranger must know."""

    def facts(self, prompt: str) -> dict[str, Any]:
        """The givens with their units, what is taken for granted, and what is asked for."""
        return super().facts(prompt) | {"assumes": list(self.assumes)}

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The givens with their units, and who acts."""
        size = min(self.level_of(prompt), len(self.cast))
        roles = rng.choice(self.cast[size - 1])
        titles = {role.capitalize(): name[0].upper() + name[1:] for role, name in roles.items()}
        return super().words(prompt, rng) | dict(roles) | titles
