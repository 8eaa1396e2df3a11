"""The red team against real wardens: all is stopped, logged, and found out where it is not."""

import pytest

from ouroboros_redteam.attack import Benign, Inside, asked, boxed
from ouroboros_redteam.session import Played
from ouroboros_redteam.suite import _inside, _twins
from ouroboros_warden.audit import Record
from ouroboros_warden.canonical import content_id
from ouroboros_warden.errors import Refused

from .conftest import OPENED, without

FEW = (
    "A5.1", "A7.3", "A10.4", "A10.7", "C1.3", "C8.2", "D1.1", "D2.1", "E1.1", "E5.1", "F1.2",
    "F4.1", "F6.1", "G2.1", "H1.1", "H1.11", "H1.17", "H1.18", "I1.2", "I1.3",
)  # fmt: skip


def test_attacks_of_every_class_are_stopped_and_logged_and_their_twins_pass(play):
    found = play(*FEW)
    assert found["failures"] == []
    assert found["attacks"] == found["stopped"] == found["logged"] == found["benign_passed"] == 20
    assert 10 <= found["benign_played"] <= 20
    assert {*found["by_class"]} == {*"ACDEFGHI"}


WIDE = ("A5.41", "A5.44", "A5.45", "A10.9", "A10.13", "A10.21", "A15.4", "H1.23", "H1.24")


def test_attacks_on_all_families_are_stopped_and_logged_and_their_twins_pass(play):
    found = play(*WIDE)
    assert found["failures"] == []
    assert found["attacks"] == found["stopped"] == found["logged"] == found["benign_passed"] == 9


def test_nothing_is_taught_by_way_of_a_mistake_that_was_made(play):
    found = play("H1.27", "H1.28", "H1.29", "H1.30")
    assert found["failures"] == []
    assert found["attacks"] == found["stopped"] == found["logged"] == found["benign_passed"] == 4


def test_without_a_box_system_calls_get_through_and_the_red_team_says_so(play):
    ids = ("F1.2", "F2.1", "F4.1", "D4.2", "I1.2", "C1.3")
    found = play(*ids, launcher=OPENED)
    assert found["stopped"] < found["attacks"] == len(ids)
    assert found["benign_passed"] == len(ids)
    failed = {each["id"]: each["why"] for each in found["failures"]}
    assert "through" in failed["D4.2"]
    assert "through" in failed["C1.3"]


def test_without_an_article_what_it_forbids_gets_through(play, without_article_4):
    found = play("A5.1", "A5.2", "H1.1", texts=without_article_4)
    assert (found["stopped"], found["benign_passed"]) == (1, 3)  # H1.1, by another article
    assert {each["id"] for each in found["failures"]} == {"A5.1", "A5.2"}


COLLAPSE = {"6-sound": ("H1.31", "H1.32", "H1.33"), "6-varied": ("H4.1", "H4.3")}


def test_nobody_is_promoted_on_data_that_drifted_or_narrowed(play):
    found = play(*(each for ids in COLLAPSE.values() for each in ids))
    assert found["failures"] == []
    assert found["attacks"] == found["stopped"] == found["logged"] == found["benign_passed"] == 5


@pytest.mark.parametrize("article", COLLAPSE)
def test_without_its_article_bad_data_make_a_champion(play, article):
    found = play(*COLLAPSE[article], texts=without(article))
    assert (found["stopped"], found["benign_passed"]) == (0, len(COLLAPSE[article]))
    assert all("through" in each["why"] for each in found["failures"])


# --- what counts as stopped, and as logged


def record(kind: str, **body: object) -> Record:
    return Record(index=7, previous="", kind=kind, body=body, hash="")


def played(verdict: str, said: str = "no", *segment: Record, by: str = "gate") -> Played:
    return Played(verdict=verdict, said=said, by=by, segment=segment, log=segment)


ASKED = asked("A1.1", "ask", lambda e: None, Benign("be good", lambda e: None))
BOXED = boxed("F1.1", "call", lambda e: None, Benign("be good", lambda e: None))
THROUGH = played("through")
REFUSED = record("refused", reason="no", type="claim")
CONFINED = record("confinement", tier="T1", stopped=36, allowed=4, landlock=7)


def judged(attack: Inside, act: Played, twin: Played = THROUGH):
    return _inside(attack, {(attack.id, "attack"): act, (attack.id, "twin"): twin}, attack.id)


def test_what_was_refused_and_stands_in_the_log_in_the_same_words_is_good():
    assert judged(ASKED, played("stopped", "no", REFUSED)).good


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (played("stopped", "no"), "nothing in the log"),
        (played("stopped", "other words", REFUSED), "nothing in the log"),
        (played("through", "done", REFUSED), "attack through"),
        (played("fault", "Traceback", REFUSED), "attack fault"),
        (played("gone", "the warden died"), "nothing in the log"),
    ],
)
def test_what_is_not_refused_or_not_logged_is_a_failure(act, why):
    outcome = judged(ASKED, act)
    assert not outcome.good
    assert why in outcome.why


@pytest.mark.parametrize("verdict", ["stopped", "gone", "fault"])
def test_a_twin_that_does_not_pass_is_a_failure(verdict):
    outcome = judged(ASKED, played("stopped", "no", REFUSED), played(verdict))
    assert outcome.stopped
    assert not outcome.good
    assert f"twin {verdict}" in outcome.why


def test_of_what_the_kernel_stopped_the_record_of_the_confinement_speaks():
    assert judged(BOXED, played("stopped", "EPERM", CONFINED, by="kernel")).good
    assert not judged(BOXED, played("stopped", "EPERM", by="kernel")).good


def oracle(*correct: bool) -> Record:
    digest = content_id({"correct": [*correct]})
    return record("oracle", op="verify", count=len(correct), digest=digest)


@pytest.mark.parametrize(
    ("judged_so", "words"),
    [
        ([oracle(False, False)], "record 7: oracle, 0 of 2 right"),
        ([oracle(False), oracle(False)], "record 7: oracle, 0 of 2 right"),
        ([record("audit", rows=3, correct=0)], "record 7: audit, 0 of 3 right"),
        ([REFUSED, oracle(False)], "record 7: oracle, 0 of 1 right"),
        ([oracle(False, True)], ""),
        ([oracle(False), oracle(True)], ""),
        ([record("audit", rows=3, correct=1)], ""),
        ([record("audit", rows=0, correct=0)], ""),
        ([record("oracle", op="examples", count=1, digest="")], ""),
        ([], ""),
    ],
)
def test_of_what_was_judged_the_log_has_to_say_that_nothing_was_right(judged_so, words):
    outcome = judged(ASKED, played("stopped", "all judged wrong", *judged_so, by="itself"))
    assert outcome.logged == words
    assert outcome.good == bool(words)


def test_what_the_gate_stopped_is_not_excused_by_a_verdict():
    assert not judged(ASKED, played("stopped", "no", oracle(False))).good


def test_a_common_twin_is_played_for_every_fifth():
    twin = Benign("be good", lambda e: None)
    attacks = [asked(f"A1.{n}", str(n), lambda e: None, twin) for n in range(11)]
    attacks.append(asked("A2.1", "other", lambda e: None, Benign("be good", lambda e: None)))
    attacks.append(asked("A2.2", "formal", lambda e: None, twin, mode="formal"))
    attacks.append(asked("A2.3", "wide", lambda e: None, twin, wide=True))
    found = _twins(attacks)
    assert [found[f"A1.{n}"] for n in (0, 4, 5, 9, 10)] == ["A1.0", "A1.0", "A1.5", "A1.5", "A1.10"]
    assert (found["A2.1"], found["A2.2"], found["A2.3"]) == ("A2.1", "A2.2", "A2.3")


def test_attempts_say_by_exceptions_what_became_of_them():
    from ouroboros_redteam.attack import Stopped
    from ouroboros_redteam.engine import tried
    from ouroboros_warden.errors import WardenError

    def act(error: Exception | None):
        def act(_engine: object) -> str:
            if error:
                raise error
            return "done"

        return tried(act, None)["verdict"]

    errors = (
        None,
        Refused("no"),
        Stopped("no"),
        OSError(1, "no"),
        WardenError("no"),
        KeyError("x"),
    )
    told = ["through", "stopped", "stopped", "stopped", "gone", "fault"]
    assert [act(error) for error in errors] == told
