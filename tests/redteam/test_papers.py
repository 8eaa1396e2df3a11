"""What attackers of the verifiers hold in their hands: claims that fail, and claims that do not."""

from types import SimpleNamespace
from typing import Any

import pytest

from ouroboros_redteam.attack import Stopped
from ouroboros_redteam.attacks.a_costs import COSTLY
from ouroboros_redteam.attacks.a_prompts import SCENES
from ouroboros_redteam.papers import Claim, accepted, denied, families, level_in, refused
from ouroboros_warden.errors import Refused


class Judges:
    """Judges that call one text right and refuse prompts of another level than 1."""

    def __init__(self, right: str) -> None:
        self.right = right

    def examples(self, _key, family, _level, _count, seed):
        return [f"{family}{seed}"], [["right"]]

    def verify(self, _key, _family, level, _prompts, lines):
        if level not in {1, families()["copy"].wall}:
            raise Refused("no prompt of this level")
        return [attempt == [self.right] for attempt in lines]


def attacker(right: str = "right") -> Any:
    """An engine before these judges."""
    return SimpleNamespace(warden=Judges(right), key=lambda: "k")


def claim(level: int, *attempts: str) -> Claim:
    return Claim("copy", level, "7=", [[attempt] for attempt in attempts])


def test_an_attempt_that_is_taken_for_right_gets_through():
    assert denied(attacker(), [claim(2, "x"), claim(1, "x", "right")]) == ("copy", "7=", ["right"])


def test_all_attempts_are_made_and_the_last_says_what_they_came_to():
    with pytest.raises(Stopped, match="wrong"):
        denied(attacker(), [claim(2, "right"), claim(1, "x")])
    with pytest.raises(Refused, match="level"):
        denied(attacker(), [claim(1, "x"), claim(2, "right")])


def test_no_attempt_at_all_is_no_success():
    with pytest.raises(Stopped):
        denied(attacker(), [])
    with pytest.raises(Stopped):
        refused([])


def test_one_act_that_is_let_pass_among_refused_ones_gets_through():
    def act():
        raise Refused("no")

    assert refused([act, lambda: "read", act]) == "read"
    with pytest.raises(Refused):
        refused([act, act])


def test_a_twin_fails_where_a_right_solution_is_called_wrong():
    assert accepted(attacker(), ["copy"])
    with pytest.raises(Stopped, match="called wrong"):
        accepted(attacker("other"), ["copy"])


def test_what_is_costly_is_a_prompt_of_its_family_and_of_a_level_far_past_the_wall():
    for family, _, prompt in COSTLY:
        assert level_in(family, prompt) >= 6 * families()[family].wall, family


def test_every_family_with_scenes_is_one_of_the_built_in_ones():
    assert SCENES.keys() <= families().keys()
