import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.loop.attempts import Answered, Paper
from ouroboros.loop.learner import genome_text
from ouroboros.loop.solve import Solved
from ouroboros.loop.verify import CheckJob, check_unit, formal, judge, verify
from ouroboros.models.flop import forward_flop
from ouroboros.models.rows import encode_rows
from ouroboros_warden.errors import Refused

from .surroundings import DeafWarden, make_engine, make_state, place_learner, taught

ECHOES = {("copy", "21="): "21", ("copy", "43="): "43"}
RIGHT = {("copy", "12="): "12", ("copy", "34="): "34"}
WRONG = {("copy", "12="): "12", ("copy", "34="): "33"}


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    """A body that copies 12 and 34, and 21 and 43."""
    return taught(make_engine(tmp_path_factory.mktemp("school")), RIGHT | ECHOES)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    """A body that copies 34 as 33."""
    return taught(make_engine(tmp_path_factory.mktemp("school")), WRONG | ECHOES, seed=1)


@pytest.fixture(scope="module")
def deaf_to_echoes(tmp_path_factory):
    """A body that copies 12 and 34, but 21 and 43 as 22 and 44."""
    echoes = {prompt: text[0] * 2 for prompt, text in ECHOES.items()}
    return taught(make_engine(tmp_path_factory.mktemp("school")), RIGHT | echoes, seed=2)


@pytest.fixture(scope="module")
def silent(tmp_path_factory):
    """An engine whose warden may not be asked for anything."""
    return make_engine(tmp_path_factory.mktemp("run"), warden=DeafWarden())


def answered(*texts: str, sure=None, author=0, prompts=("12=", "34=")) -> Answered:
    paper = Paper(family="copy", level=2, author=author, prompts=prompts)
    return Answered(paper=paper, completions=texts, sure=sure or (True,) * len(texts))


@given(st.booleans(), st.integers(-1, 3), st.sampled_from(["12", "21", "123", "ab", "", "1\n2"]))
def test_an_answer_is_accepted_only_if_author_peer_and_self_checks_agree(silent, sure, doubt, text):
    found = judge(silent, answered(text, sure=(sure,), prompts=("12=",)), (doubt,))
    # the self checks of copy: one line of two digits; which digits is the peer's affair
    assert found.accepted == (sure and doubt == -1 and text in ("12", "21"),)
    assert found.doubt == (doubt,)


@pytest.mark.parametrize(
    ("name", "prompt", "good", "bad"),
    [
        ("reverse_addition", "99+1=", "001", ["0010", "00", "", "00a", "001\n001"]),
        ("forward_addition", "99+1=", "001\n100", ["001", "001\n101", "100\n001\n1", "100"]),
        ("parity_chain", "110=", "100\n0", ["100\n1", "10\n0", "100", "1000\n0"]),
        ("reverse", "ab=", "ba", ["b", "12", "bab", "ba\n"]),
    ],
)
def test_no_agreement_saves_an_answer_that_breaks_its_familys_form(
    tmp_path, name, prompt, good, bad
):
    engine = make_engine(tmp_path, f'families={{"{name}": {{"wall": 4}}}}', warden=DeafWarden())
    texts = (good, *bad)
    paper = Paper(family=name, level=2, author=0, prompts=(prompt,) * len(texts))
    found = judge(
        engine,
        Answered(paper=paper, completions=texts, sure=(True,) * len(texts)),
        (-1,) * len(texts),
    )
    assert found.accepted == (True,) + (False,) * len(bad)


def test_each_learner_reads_the_others_answers_and_never_its_own(tmp_path, right, wrong):
    engine = make_engine(tmp_path, warden=DeafWarden())
    state = make_state((place_learner(engine, "a", right), place_learner(engine, "b", wrong)))
    own = (answered("12", "34", author=0), answered("12", "33", author=1))
    verified = verify(engine, state, Solved(answered=own, flop=0), band=0)
    # each believes its own answers; the other doubts the second character of the second
    assert [j.accepted for j in verified.judged] == [(True, False), (True, False)]
    assert [j.doubt for j in verified.judged] == [(-1, 1), (-1, 1)]
    assert [j.answered for j in verified.judged] == list(own)
    assert verified.judged[0].agreement == 0.5


def test_what_the_author_was_not_sure_of_is_not_accepted_even_if_right(tmp_path, right):
    engine = make_engine(tmp_path, warden=DeafWarden())
    state = make_state((place_learner(engine, "a", right), place_learner(engine, "b", right)))
    own = answered("12", "34", sure=(False, True))
    (judged,) = verify(engine, state, Solved(answered=(own,), flop=0), band=0).judged
    assert judged.accepted == (False, True)


@pytest.mark.parametrize(
    ("author", "peer", "accepted"),
    [
        ("right", "right", True),
        ("right", "deaf_to_echoes", True),
        ("deaf_to_echoes", "right", True),
        ("deaf_to_echoes", "deaf_to_echoes", False),
    ],
)
def test_an_answer_whose_echo_nobody_would_write_is_not_accepted_though_both_agree_on_it(
    tmp_path, request, author, peer, accepted
):
    engine = make_engine(tmp_path, warden=DeafWarden())
    bodies = {name: request.getfixturevalue(name) for name in (author, peer)}
    learners = (
        place_learner(engine, "a", bodies[author]),
        place_learner(engine, "b", bodies[peer]),
    )
    solved = Solved(answered=(answered("12", "34"),), flop=0)
    (judged,) = verify(engine, make_state(learners), solved, band=0).judged
    assert judged.accepted == (accepted, accepted)
    assert judged.doubt == (-1, -1)


def test_an_answer_without_an_echo_stands_on_agreement_alone(tmp_path):
    engine = make_engine(tmp_path, warden=DeafWarden())
    body = taught(engine, {("copy", "11="): "11", ("copy", "22="): "22"})
    learner = place_learner(engine, "a", body)
    own = answered("11", "22", prompts=("11=", "22="))  # mirrored, they ask the same again
    solved = Solved(answered=(own,), flop=0)
    (judged,) = verify(engine, make_state((learner, learner)), solved, band=0).judged
    assert judged.accepted == (True, True)


def test_the_readings_are_paid_for_beside_the_solving(tmp_path, right):
    engine = make_engine(tmp_path, warden=DeafWarden())
    state = make_state((place_learner(engine, "a", right), place_learner(engine, "b", right)))
    rows = encode_rows(right.tokenizer, "copy", ["12=", "34="], ["12", "34"])
    reading = forward_flop(engine.genome, right.tokenizer.size, rows.lengths, 6)
    verified = verify(engine, state, Solved(answered=(answered("12", "34"),), flop=5), band=0)
    assert verified.flop == 5 + 3 * reading  # the peer's of the answers, both learners' of echoes


def test_a_text_with_foreign_tokens_is_doubted_at_once_and_spoils_nothing_beside_it(
    tmp_path, right
):
    engine = make_engine(tmp_path)
    job = CheckJob(
        learner=str(tmp_path / place_learner(engine, "a", right)),
        genome=genome_text(engine.genome),
        parts=(
            ("copy", ("12=", "12=", "34="), ("1?", "12", "34")),
            ("copy", (), ()),
            ("copy", ("12=",), ("??",)),
        ),
    )
    assert check_unit(job).doubts == ((0, -1, -1), (), (0,))


def test_an_answer_that_ends_too_early_or_too_late_is_doubted_there(tmp_path, right):
    engine = make_engine(tmp_path)
    job = CheckJob(
        learner=str(tmp_path / place_learner(engine, "a", right)),
        genome=genome_text(engine.genome),
        parts=(("copy", ("12=",) * 3, ("1", "123", "")),),
    )
    assert check_unit(job).doubts == ((1, 2, 0),)


def test_formal_mode_asks_for_verdicts_and_takes_them(tmp_path):
    engine = make_engine(tmp_path, "run.verification=formal")
    state = make_state(generation=3)
    own = (
        answered("12", "33", sure=(False, True)),
        answered("13", "34", author=1),
    )
    verified = verify(engine, state, Solved(answered=own, flop=5), band=2)
    assert [j.accepted for j in verified.judged] == [(True, False), (False, True)]
    assert [j.doubt for j in verified.judged] == [(-1, -1), (-1, -1)]
    assert engine.warden.of("verify") == [
        ("verify", "g3/verify/2/0", "copy", 2, ["12=", "34="]),
        ("verify", "g3/verify/2/1", "copy", 2, ["12=", "34="]),
    ]
    assert verified.flop == 5


def test_a_refusal_of_the_warden_is_not_swallowed(tmp_path):
    class Refusing:
        def verify(self, *request):
            raise Refused("no verdicts in self mode")

    engine = make_engine(tmp_path, "run.verification=formal", warden=Refusing())
    with pytest.raises(Refused):
        formal(engine, answered("12", "34"), "key")
