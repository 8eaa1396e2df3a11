import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.envs import load_families
from ouroboros.errors import UsageError
from ouroboros.models.tokenizer import AGAIN, BREAK, DIGIT, END, LETTER, PAD, SYMBOL, Tokenizer

ALPHABET = "0123456789abc+="
TOKENIZER = Tokenizer(alphabet=ALPHABET, families=("sum", "copy"))


@given(st.text(ALPHABET + "\n", max_size=60))
def test_text_goes_to_ids_and_back(text):
    ids = TOKENIZER.encode(text)
    assert len(ids) == len(text)
    assert TOKENIZER.decode(ids) == text


def test_every_id_has_one_meaning():
    tags = [TOKENIZER.tag(name) for name in TOKENIZER.families]
    ids = [PAD, END, BREAK, *tags, *TOKENIZER.encode(ALPHABET).tolist()]
    assert ids == list(range(TOKENIZER.size))


@given(st.text(st.characters(max_codepoint=127), max_size=20))
def test_a_text_is_read_whole_or_its_first_unknown_character_is_named(text):
    unknown = [c for c in text if c not in ALPHABET + "\n"]
    if not unknown:
        assert TOKENIZER.decode(TOKENIZER.encode(text)) == text
    else:
        with pytest.raises(UsageError) as caught:
            TOKENIZER.encode(text)
        assert repr(unknown[0]) in str(caught.value)


@pytest.mark.parametrize("text", ["é", "1\u0661", "1\udc80", "∑12"])
def test_characters_beyond_ascii_are_the_users_mistake(text):
    with pytest.raises(UsageError, match="ASCII"):
        TOKENIZER.encode(text)


@pytest.mark.parametrize("alphabet", ["01210", "01é", "01\n"])
def test_an_alphabet_that_cannot_be_told_apart_is_refused(alphabet):
    with pytest.raises(UsageError, match="alphabet"):
        Tokenizer(alphabet=alphabet, families=("sum",))


def test_an_unknown_family_is_named_beside_the_known_ones():
    with pytest.raises(UsageError, match="sum, copy, not 'reverse'"):
        TOKENIZER.tag("reverse")


def test_classes_tell_digits_letters_and_the_rest():
    classes = dict(zip(ALPHABET, TOKENIZER.classes[TOKENIZER.encode(ALPHABET)], strict=True))
    assert [classes[c] for c in "09ac+="] == [DIGIT, DIGIT, LETTER, LETTER, SYMBOL, SYMBOL]
    assert (TOKENIZER.classes[: TOKENIZER.first_character] == SYMBOL).all()


def test_the_mark_for_looking_again_is_one_symbol_that_no_family_has():
    assert not any(AGAIN in family.alphabet for family in load_families().values())
    tokenizer = Tokenizer(alphabet=ALPHABET + AGAIN, families=("sum",))
    (mark,) = tokenizer.encode(AGAIN)
    assert tokenizer.classes[mark] == SYMBOL
    assert tokenizer.decode(tokenizer.encode(f"12{AGAIN}")) == f"12{AGAIN}"


def test_ids_that_are_no_character_read_as_question_marks():
    ids = np.array([PAD, END, TOKENIZER.tag("sum"), 255, *TOKENIZER.encode("1")], dtype=np.uint8)
    assert TOKENIZER.decode(ids) == "????1"
