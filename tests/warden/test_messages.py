import socket
import struct
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros_warden import messages
from ouroboros_warden.errors import Refused
from ouroboros_warden.messages import LIMIT, encode, frame, parse, receive

NAMES = st.text(min_size=1, max_size=20)
COUNTS = st.integers(0, 2**64 - 1)
REQUESTS = st.one_of(
    st.builds(messages.Hello),
    st.builds(messages.Examples, key=NAMES, family=NAMES, level=COUNTS, count=COUNTS, seed=COUNTS),
    st.builds(
        messages.Verify,
        key=NAMES,
        family=NAMES,
        level=COUNTS,
        prompts=st.lists(st.text()),
        lines=st.lists(st.lists(st.text())),
    ),
    st.builds(messages.Claim, key=NAMES, kind=NAMES, body=st.dictionaries(NAMES, st.integers())),
    st.builds(messages.Data, key=NAMES, generation=COUNTS, file=NAMES),
    st.builds(
        messages.Examine,
        key=NAMES,
        generation=COUNTS,
        checkpoint=NAMES,
        parent=st.none() | NAMES,
    ),
    st.builds(messages.Final, key=NAMES),
    st.builds(messages.Finish, key=NAMES, reason=NAMES),
    st.builds(messages.Progress, body=st.dictionaries(NAMES, st.integers())),
)
WRONG = [None, True, -1, 2**64, 1.5, "", "x" * 600, [1], [["a"], "b"], {"a": 1}]


@given(REQUESTS)
def test_a_request_survives_the_wire(request_):
    assert parse(encode(request_)) == request_


@given(REQUESTS, st.data())
def test_a_field_too_many_or_too_few_is_refused(request_, data):
    message = encode(request_)
    with pytest.raises(Refused, match="exactly"):
        parse({**message, "more": 1})
    if len(message) > 1:
        del message[data.draw(st.sampled_from(sorted(message.keys() - {"type"})))]
        with pytest.raises(Refused, match="exactly"):
            parse(message)


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("field", ["key", "family", "level", "count", "seed"])
def test_a_field_of_a_wrong_type_or_range_is_refused_and_named(field, value):
    message = {"type": "examples", "key": "k", "family": "f", "level": 1, "count": 1, "seed": 1}
    with pytest.raises(Refused, match=field):
        parse({**message, field: value})


@pytest.mark.parametrize("value", WRONG)
def test_lists_of_text_hold_nothing_else(value):
    message = {"type": "verify", "key": "k", "family": "f", "level": 1, "prompts": [], "lines": []}
    with pytest.raises(Refused, match="prompts"):
        parse({**message, "prompts": value})
    with pytest.raises(Refused, match="lines"):
        parse({**message, "lines": value})


@pytest.mark.parametrize("kind", [None, 1, [], {}, "", "Hello", "__class__", "step"])
def test_an_unknown_type_is_refused(kind):
    with pytest.raises(Refused, match="unknown"):
        parse({"type": kind})


def test_no_type_is_refused():
    with pytest.raises(Refused, match="unknown"):
        parse({})


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    with one, other:
        one.settimeout(5)
        other.settimeout(5)
        yield one, other


def test_messages_arrive_one_by_one(ends):
    one, other = ends
    one.sendall(frame({"a": 1}) + frame({"b": 2}))
    assert receive(other) == {"a": 1}
    assert receive(other) == {"b": 2}


@pytest.mark.parametrize("data", [b"", b"\x00\x00", struct.pack(">I", 5) + b"{}"])
def test_a_message_cut_short_is_the_end(ends, data):
    one, other = ends
    one.sendall(data)
    one.close()
    assert receive(other) is None


@pytest.mark.parametrize("data", [b"", b"[]", b"nonsense", b"\xff\xfe", b'{"a":NaN}'])
def test_a_malformed_message_is_refused_and_the_next_one_read(ends, data):
    one, other = ends
    one.sendall(struct.pack(">I", len(data)) + data + frame({"a": 1}))
    with pytest.raises(Refused):
        receive(other)
    assert receive(other) == {"a": 1}


def test_an_oversized_message_is_skipped_and_the_next_one_read(ends):
    one, other = ends
    data = struct.pack(">I", LIMIT + 1) + bytes(LIMIT + 1) + frame({"a": 1})
    sender = threading.Thread(target=one.sendall, args=[data])
    sender.start()
    with pytest.raises(Refused, match="may cross"):
        receive(other)
    assert receive(other) == {"a": 1}
    sender.join()


def test_an_oversized_message_is_not_sent():
    with pytest.raises(Refused, match="may cross"):
        frame({"a": "x" * LIMIT})
