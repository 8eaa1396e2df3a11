"""The evaluator by itself, and beside cedarpy on texts and contexts that Hypothesis makes up."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from types import MappingProxyType

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros_warden.errors import UsageError
from ouroboros_warden.rules import ARTICLE_LIMIT, DEPTH_LIMIT, TEXT_LIMIT, Ruling, judge, parse

LOWEST, HIGHEST = -(1 << 63), (1 << 63) - 1
CONTEXT = {
    "yes": True,
    "no": False,
    "one": 1,
    "name": "ada",
    "tags": ["a", "b", "a"],
    "mixed": [1, True, "1", [2], {"x": 1}],
    "deep": {"er": {"one": 1}},
}


def article(condition: str, effect: str = "permit", name: str = "p") -> str:
    return f'@id("{name}") {effect} (principal, action, resource) when {{ {condition} }};\n'


def ours(text: str, context: Mapping[str, object] = CONTEXT, action: str = "go") -> Ruling:
    return judge(parse(text), action, context)


@dataclass(frozen=True, kw_only=True)
class Cedar:
    """What cedarpy says, policies by their @id."""

    decision: cedarpy.Decision
    by: tuple[str, ...]
    errors: tuple[str, ...]


def theirs(text: str, context: Mapping[str, object] = CONTEXT, action: str = "go") -> Cedar:
    request = {
        "principal": 'Engine::"engine"',
        "action": f'Action::"{action}"',
        "resource": 'Run::"run"',
        "context": dict(context),
    }
    found = cedarpy.is_authorized(request, cedarpy.PolicySet.from_str(text), [])
    ids = {f"policy{i}": each.id for i, each in enumerate(parse(text))}  # in the text's order
    failed = [re.findall(r"policy `(policy\d+)`", error) for error in found.diagnostics.errors]
    return Cedar(
        decision=found.decision,
        by=tuple(sorted(ids[name] for name in found.diagnostics.reasons)),
        errors=tuple(sorted(ids[name] for names in failed for name in names)),
    )


def assert_both_agree(
    text: str, context: Mapping[str, object] = CONTEXT, action: str = "go"
) -> Ruling:
    """Alike in what applies and what fails; the decision differs where something failed."""
    mine, cedar = ours(text, context, action), theirs(text, context, action)
    assert (mine.by, mine.errors) == (cedar.by, cedar.errors)
    allows = cedar.decision == cedarpy.Decision.Allow
    assert mine.allowed == (allows and not cedar.errors)
    return mine


def cedar_reads(text: str) -> bool:
    try:
        cedarpy.PolicySet.from_str(text)
    except ValueError:
        return False
    return True


# what holds, what does not, what has no value


TRUE = [
    "true",
    "(true)",
    "!false",
    "!(!true)",
    "true && true && true",
    "false || false || true",
    "true || false && false",
    "context.yes",
    "context has one && context.one == 1",
    "context has deep && context.deep has er && context.deep.er has one",
    "context.deep.er.one == 1",
    "!(context has nothing)",
    "!context.no",
    "1 == 1",
    "1 != 2",
    "1 < 2 && 1 <= 1 && 2 > 1 && 1 >= 1",
    "context.one<2&&context.one>-1",
    "-0 == 0",
    f"{LOWEST} < {HIGHEST}",
    'context.name == "ada"',
    'context.tags.contains("a")',
    'context.tags == ["b", "a"]',
    '["ada", "eve"].contains(context.name)',
    "[1, true].contains(1 == 1)",
    "context.mixed.contains([2, 2])",
    "context.mixed.contains(context.deep.er) == false",
    "[] == [] && ![].contains(1)",
    "[[1], []].contains([1, 1])",
    "context == context",
    'principal == Engine::"engine"',
    'resource == Run::"run" && action == Action::"go"',
    '[Engine::"engine"].contains(principal)',
    'principal != Other::"engine" && principal != "engine"',
    "(context.one) == (1)",
    "!(1 == 2) == true",
]
FALSE = [
    "false",
    "!true",
    "!(true || 1 == 1)",
    "true && false",
    "false || 1 == 2",
    "context has nothing",
    "context.deep has one",
    "1 == 2",
    "1 != 1",
    "2 < 1 || 2 <= 1 || 1 > 2 || 1 >= 2",
    'context.tags.contains("c")',
    "[].contains(context.one)",
    'principal == Engine::"other"',
    "false && context.nothing",
]
NOTHING = [
    "context.nothing",
    "context.deep.nothing == 1",
    "context.deep.er.one.more == 1",
    "context.one has x",
    "1",
    '"true"',
    "[true]",
    "context",
    "principal",
    'context.name < "b"',
    "context.yes < 2",
    "1 >= context.yes",
    "principal < 1",
    "!context.one",
    "!context.tags",
    "!context",
    "!principal",
    "true && 1",
    "1 && true",
    "false || 1",
    "1 || true",
    'true && context.name && "a" == "a"',
    "context.one.contains(1)",
    "context.deep.contains(1)",
    'context.name.contains("a")',
    "[1].contains(context.nothing)",
    "context.nothing.contains(1)",
    "context.nothing == context.nothing",
    "context.contains == 1",
]


@pytest.mark.parametrize("condition", TRUE)
def test_a_permit_whose_condition_holds_allows(condition):
    assert assert_both_agree(article(condition)) == Ruling(allowed=True, by=("p",), errors=())


@pytest.mark.parametrize("condition", FALSE)
def test_what_no_permit_allows_is_denied_in_silence(condition):
    assert assert_both_agree(article(condition)) == Ruling(allowed=False, by=(), errors=())


@pytest.mark.parametrize("condition", NOTHING)
def test_a_condition_without_a_value_denies_and_names_its_article(condition):
    assert assert_both_agree(article(condition)) == Ruling(allowed=False, by=(), errors=("p",))


@pytest.mark.parametrize("condition", NOTHING)
def test_a_forbid_that_fails_denies_though_cedar_would_skip_it(condition):
    text = article("true") + article(condition, "forbid", "f")
    assert theirs(text).decision == cedarpy.Decision.Allow
    assert assert_both_agree(text) == Ruling(allowed=False, by=("p",), errors=("f",))


def test_what_is_decided_already_is_not_evaluated():
    for condition in ("true || context.nothing", "!(false && context.nothing)"):
        assert assert_both_agree(article(condition)).allowed


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("true", "1"),
        ("false", "0"),
        ("context.yes", "1"),
        ("context.one", "true"),
        ("[1]", "[true]"),
        ("[[0]]", "[[false]]"),
        ("context.mixed", "[1]"),
        ("1", '"1"'),
        ("context", "[]"),
        ('Engine::"engine"', '"engine"'),
        ('A::"x"', 'B::"x"'),
        ("[]", "false"),
        ("context.record", "context.truthful"),
    ],
)
def test_values_of_two_types_are_never_equal_not_even_one_and_true(left, right):
    context = CONTEXT | {"record": {"x": 1}, "truthful": {"x": True}}
    assert not assert_both_agree(article(f"{left} == {right}"), context).allowed
    assert assert_both_agree(article(f"{left} != {right}"), context).allowed
    assert not assert_both_agree(article(f"[{{}}].contains({right})".format("7")), context).allowed


def test_true_is_not_found_among_numbers_nor_one_among_truths():
    context = {"numbers": [0, 1], "truths": [True, False], "one": 1, "yes": True}
    for condition in ("context.numbers.contains(context.yes)", "context.truths.contains(1)"):
        assert not assert_both_agree(article(condition), context).by
    both = "context.numbers.contains(context.one) && context.truths.contains(context.yes)"
    assert assert_both_agree(article(both), context).allowed


def test_a_record_is_found_in_a_set_by_what_it_holds():
    context = {"all": [{"x": 1, "y": "a"}], "one": {"y": "a", "x": 1}, "other": {"x": True}}
    assert assert_both_agree(article("context.all.contains(context.one)"), context).allowed
    assert not assert_both_agree(article("context.all.contains(context.other)"), context).allowed


# heads, clauses, effects


@pytest.mark.parametrize(
    ("head", "applies"),
    [
        ("principal, action, resource", True),
        ('principal == Engine::"engine", action == Action::"go", resource == Run::"run"', True),
        ('principal, action in [Action::"stay", Action::"go"], resource', True),
        ('principal == Engine::"other", action, resource', False),
        ('principal == Human::"engine", action, resource', False),
        ('principal, action == Action::"stay", resource', False),
        ('principal, action in [Action::"stay"], resource', False),
        ('principal, action, resource == Run::"other"', False),
    ],
)
def test_a_head_says_whom_what_and_where_it_is_about(head, applies):
    assert assert_both_agree(f'@id("p") permit ({head});').allowed is applies
    # a head that is about something else keeps the rest from being read
    failing = f'@id("p") permit ({head}) when {{ context.nothing }};'
    assert assert_both_agree(failing).errors == (("p",) if applies else ())


@pytest.mark.parametrize(
    ("clauses", "applies"),
    [
        ("", True),
        ("when { true } unless { false } when { true }", True),
        ("unless { true }", False),
        ("when { true } when { false }", False),
        ("when { false } when { context.nothing }", False),
        ("unless { true } when { context.nothing }", False),
        ("when { context.nothing } when { false }", None),
        ("unless { 1 }", None),
    ],
)
def test_all_clauses_must_hold_in_the_text_s_order(clauses, applies):
    ruling = assert_both_agree(f'@id("p") permit (principal, action, resource) {clauses};')
    assert ruling.allowed is bool(applies)
    assert ruling.errors == (("p",) if applies is None else ())


def test_a_forbid_beats_every_permit_and_is_named_instead_of_them():
    texts = [article("true", "permit", f"p{i}") for i in (2, 1)]
    texts += [article("context.one == 1", "forbid", f"f{i}") for i in (12, 11, 10)]
    texts += [article("false", "forbid", "silent")]
    ruling = assert_both_agree("".join(texts))
    assert ruling == Ruling(allowed=False, by=("f10", "f11", "f12"), errors=())
    assert assert_both_agree("".join(texts[:2])).by == ("p1", "p2")


def test_a_failing_article_denies_whatever_else_applies():
    text = article("true") + article("context.x", name="r") + article("true", "forbid", "f")
    text += article("1", name="q")
    assert assert_both_agree(text) == Ruling(allowed=False, by=("f",), errors=("q", "r"))


def test_no_articles_allow_nothing():
    assert parse(" // nothing\n") == ()
    assert judge((), "go", {}) == Ruling(allowed=False, by=(), errors=())
    assert not judge((), "go", {"x": 1.5}).allowed


def test_principal_action_and_resource_are_those_of_the_request():
    text = (
        '@id("p") permit (principal == Human::"a\\"b", action == Action::"go", resource)'
        'when { resource == Log::"l" };'
    )
    articles = parse(text)
    assert judge(articles, "go", {}, 'Human::"a\\"b"', 'Log::"l"').allowed
    assert not judge(articles, "go", {}, 'Human::"a"', 'Log::"l"').allowed
    assert not judge(articles, "Go", {}, 'Human::"a\\"b"', 'Log::"l"').allowed
    assert not judge(articles, "go", {}).allowed


@pytest.mark.parametrize(
    "actor", ["", "Engine", "Engine::a", 'Engine::"a', '"a"', 'A::"a", B::"b"', 'if::"a"']
)
def test_an_actor_that_is_not_written_as_an_entity_is_misuse(actor):
    articles = parse(article("true"))
    for actors in ({"principal": actor}, {"resource": actor}):
        with pytest.raises(UsageError, match="line 1: expected"):
            judge(articles, "go", {}, **actors)


# annotations, strings, comments


def test_an_article_carries_its_annotations_and_nobody_rewrites_them():
    (found,) = parse(
        '@id("small")\n@text("One step.")@when("now") forbid(principal,action,resource);'
    )
    assert (found.id, found.effect) == ("small", "forbid")
    assert found.notes == {"id": "small", "text": "One step.", "when": "now"}
    assert isinstance(found.notes, MappingProxyType)
    with pytest.raises(AttributeError):
        found.id = "large"  # pyright: ignore[reportAttributeAccessIssue]
    assert "lambda" not in repr(replace(found, effect="permit"))


def test_strings_have_seven_escapes_and_any_letter_that_can_be_seen():
    written = r'"\n\t\r\0\\\"\' ∀ß漢🙂' + '\n\t//"'
    meant = "\n\t\r\0\\\"' ∀ß漢🙂\n\t//"
    text = article(f"context.x == {written}")
    assert assert_both_agree(text, {"x": meant}).allowed
    (found,) = parse(f"@id({written}) permit (principal, action, resource);")
    assert found.id == meant


@pytest.mark.parametrize("escape", ["a", "x41", "u{41}", "N", "\n", " ", "8", "*"])
def test_any_other_escape_is_refused(escape):
    with pytest.raises(UsageError, match=r"line 1: expected .*, found"):
        parse(article(f'"\\{escape}" == "A"'))


def test_a_slash_within_a_string_opens_no_comment_and_a_quote_within_a_comment_no_string():
    assert assert_both_agree(article('"// }" == "// }" // "\n')).allowed


def test_comments_and_spaces_may_stand_between_any_two_tokens():
    text = (
        '@id("p")permit(principal==Engine::"engine",action in[Action::"go"],resource)'
        "when{!context.no&&(context.one>=-1||[1].contains(2))};"
    )
    tokens = re.findall(r'"[^"]*"|-?\w+|::|>=|==|&&|\|\||\S', text)
    assert "".join(tokens).replace("actionin", "action in") == text
    for between in (" ", "\n", "\t", ' // when { "\n', "//\n"):
        assert assert_both_agree(between + between.join(tokens) + between).allowed
    assert assert_both_agree(text).allowed


# what is refused, each a misuse that names the line


HEAD = "permit (principal, action, resource)"
REFUSED = {
    "no id": (f"{HEAD};", "found 'permit'"),
    "an empty id": (f'@id("") {HEAD};', r"@id of its own \(not ''\)"),
    "another's id": (f'@id("a") {HEAD};\n\n@id("a") {HEAD};', r"line 3: .*\(not 'a'\).*'permit'"),
    "an id twice": (f'@id("a") @id("b") {HEAD};', "another annotation, found 'id'"),
    "a bare annotation": (f"@id {HEAD};", r"expected '\(', found 'permit'"),
    "no name": (f'@("a") {HEAD};', "expected a name, found"),
    "a reserved name": (f'@if("a") {HEAD};', "expected a name, found 'if'"),
    "no effect": (
        '@id("a") allow (principal, action, resource);',
        "permit or forbid, found 'allow'",
    ),
    "an order of its own": ('@id("a") permit (action, principal, resource);', "'principal', found"),
    "a comma too much": ('@id("a") permit (principal, action, resource,);', r"'\)', found ','"),
    "two colons": ('@id("a") permit (principal : A, action, resource);', "found ':'"),
    "a type test": ('@id("a") permit (principal is A, action, resource);', "found 'is'"),
    "an ancestor": ('@id("a") permit (principal in A::"a", action, resource);', "found 'in'"),
    "a template": ('@id("a") permit (principal == ?principal, action, resource);', r"found '\?'"),
    "one action in": ('@id("a") permit (principal, action in Action::"a", resource);', "found 'Ac"),
    "no action": ('@id("a") permit (principal, action in [], resource);', "Action, found ']'"),
    "no such action": ('@id("a") permit (principal, action == Act::"a", resource);', "found 'Act'"),
    "such actions": (
        '@id("a") permit (principal, action in [Action::"b", B::"a"], resource);',
        "expected Action, found 'B'",
    ),
    "a name space": ('@id("a") permit (principal == A::B::"a", action, resource);', "found 'B'"),
    "no semicolon": (f'@id("a") {HEAD}', "expected ';', found the end of the text"),
    "two semicolons": (f'@id("a") {HEAD};;', "found ';'"),
    "an empty clause": (f'@id("a") {HEAD} when {{ }};', "found '}'"),
    "a clause of another kind": (f'@id("a") {HEAD} if {{ true }};', "found 'if'"),
    "a byte order mark": (f'\ufeff@id("a") {HEAD};', r"line 1: found '\\ufeff'"),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_article_of_the_subset_is_refused(text, said):
    with pytest.raises(UsageError, match=said):
        parse(text)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("if true then true else false", "'if'"),
        ("context.one + 1 == 2", "'[+]'"),
        ("context.one - 1 == 0", "'-'"),
        ("context.one -1 == 0", "'-1'"),
        ("context.one * 2 == 2", "'[*]'"),
        ("- 1 == -1", "'-'"),
        ("--1 == 1", "'-'"),
        ("-context.one == -1", "'-'"),
        ("!-1", "'-1'"),
        ("!1", "'1'"),
        ("!!true", "'!'"),
        ("1 == 1 == true", "'=='"),
        ("1 < 2 < 3", "'<'"),
        ("true == context has one", "'has'"),
        ("context has one == true", "'=='"),
        ("!context has one", "'has'"),
        ("context has one has two", "'has'"),
        ('context has "one"', ""),
        ("context has deep.er", r"'\.'"),
        ("principal has name", "'has'"),
        ("(context) has one", "'has'"),
        ("1 has name", "'has'"),
        ("[1] has name", "'has'"),
        ("principal.name == 1", r"'\.'"),
        ('Engine::"engine".name == 1', r"'\.'"),
        ('"a".contains(1)', r"'\.'"),
        ("true.contains(1)", r"'\.'"),
        ("(context.deep).er", r"'\.'"),
        ("context.tags.contains(1).x", r"'\.'"),
        ("context.tags.contains()", r"'\)'"),
        ("context.tags.contains(1, 2)", "','"),
        ("context.tags.containsAll([1])", r"'\('"),
        ("context.tags.isEmpty()", r"'\('"),
        ("[1].isEmpty()", "'isEmpty'"),
        ('context["one"] == 1', r"'\['"),
        ("context._one == 1", "'_'"),
        ("context.été", "'é'"),
        ("context.", "'}'"),
        ("1 in [1]", "'in'"),
        ('context.name like "a*"', "'like'"),
        ("principal is Engine", "'is'"),
        ('decimal("1.0") == 1', r"'\('"),
        ("1.5 == 1", r"'\.'"),
        ("1e3 == 1", "'e3'"),
        ("0x10 == 1", "'x10'"),
        ("07 == 7", "'7'"),
        ("٣ == 3", "'٣'"),
        ("[context.one].contains(1)", r"'\.'"),
        ("[1,].contains(1)", "']'"),
        ("[1 2].contains(1)", "'2'"),
        ("{a: 1}.a == 1", "'{'"),
        ("'a' == 'a'", '"\'"'),
        ('"a', "'\"a };"),
        ("true & true", "'&'"),
        ("true and true", "'and'"),
        ("1 = 1", "'='"),
        ("1 === 1", "'='"),
        ("1 <> 2", "'>'"),
        ("(true", "'}'"),
        ("true)", r"'\)'"),
        ("True", "'}'"),
        ("Engine::engine == principal", "'engine'"),
        ("/* a */ true", "'/'"),
        ("true }; @id", "'}'"),
    ],
)
def test_an_expression_outside_the_subset_is_refused_where_it_leaves_it(condition, found):
    with pytest.raises(UsageError, match=f"line 2: expected .+, found .*{found}"):
        parse("\n" + article(condition))


@pytest.mark.parametrize("word", ["true", "false", "if", "then", "else", "in", "is", "like", "has"])
def test_a_reserved_word_names_nothing(word):
    for condition in (f"context.{word} == 1", f"context has {word}", f'principal == {word}::"a"'):
        with pytest.raises(UsageError, match=f"expected .*, found '{word}'|found '::'"):
            parse(article(condition))
    assert parse(article(f"context.{word}s == 1"))


@pytest.mark.parametrize(
    "digits", [HIGHEST + 1, LOWEST - 1, 10**19, -(10**19), 10**20, "1" + "0" * 6000]
)
def test_an_integer_beyond_64_bits_is_refused(digits):
    with pytest.raises(UsageError, match="line 1: expected an integer of 64 bits, found"):
        parse(article(f"context.one < {digits}"))


@pytest.mark.parametrize(
    "hidden", ["\r", "\0", "\v", "\f", "\x1b", "\x7f", "\xa0", "\xad", "\u200b", "\u2028", "\u202e"]
)
def test_what_nobody_can_see_is_refused_even_in_strings_and_comments(hidden):
    for text in (
        "\n" + article(f'"{hidden}" == ""'),
        "\n" + article("true") + f"// {hidden}",
        f"\n{hidden}" + article("true"),
    ):
        with pytest.raises(UsageError, match=r"line [23]: found '\\"):
            parse(text)


def test_a_lone_surrogate_is_refused():
    with pytest.raises(UsageError, match="nobody can see"):
        parse(article('"\ud800" == ""'))


# limits


NESTINGS = {
    "parentheses": lambda n: "(" * n + "true" + ")" * n,
    "sets": lambda n: "[" * n + "]" * n + " != 1",
    "asks": lambda n: "[true].contains(" * n + "true" + ")" * n,
    "denials": lambda n: "!(" * (n - n % 2) + "true" + ")" * (n - n % 2),
    "chains": lambda n: "(false || true && " * n + "context.yes" + ")" * n,
}


@pytest.mark.parametrize("nest", NESTINGS.values(), ids=NESTINGS.keys())
def test_nesting_has_a_limit_that_both_engines_can_bear(nest):
    most = DEPTH_LIMIT - 1  # the clause's own braces are a level
    assert assert_both_agree(article(nest(most))).allowed
    for levels in (most + 2, 1_000, 30_000):  # cedarpy overflows its stack at some hundreds
        with pytest.raises(UsageError, match="shorter and flatter article"):
            parse(article(nest(levels)))


CHAINS = {
    "and": lambda n: " && ".join(["context.yes"] * (n // 4)),
    "or": lambda n: " || ".join(["context.no"] * (n // 4 - 1)) + " || true",
    "attributes": lambda n: "true || context" + ".a" * (n // 2),
    "members": lambda n: "[" + ", ".join(["1"] * (n // 2)) + "].contains(1)",
    "clauses": lambda n: " } when { ".join(["context.yes"] * (n // 6)),
}


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS.keys())
def test_an_article_has_a_length_that_both_engines_can_bear(chain):
    assert not assert_both_agree(article(chain(ARTICLE_LIMIT - 30))).errors
    for length in (ARTICLE_LIMIT + 30, 100_000):
        with pytest.raises(UsageError, match="shorter and flatter article"):
            parse(article(chain(length)))


def test_the_limit_of_an_article_is_not_one_of_them_all():
    articles = [article("context.yes", name=f"p{i}") for i in range(ARTICLE_LIMIT)]
    assert len(ours("".join(articles)).by) == ARTICLE_LIMIT


def test_a_text_of_more_than_a_mebibyte_is_refused_and_one_of_that_much_is_read():
    text = article("true")
    assert parse(text + "/" * (TEXT_LIMIT - len(text)))
    for more in ("/" * (TEXT_LIMIT - len(text) + 1), "//" + "é" * (TEXT_LIMIT // 2)):
        with pytest.raises(UsageError, match="more than 1048576 bytes"):
            parse(text + more)


@pytest.mark.parametrize(
    "filling", ["(", '"', '"\\', "[[", "!", "@a", "// ", "9", "a.", '"" ', "\n"]
)
def test_a_mebibyte_of_junk_is_refused_at_once(filling):
    with pytest.raises(UsageError):
        parse(article("x")[:-7] + filling * (TEXT_LIMIT // len(filling) - 30))


def test_a_caller_deep_in_the_stack_gets_a_misuse_too():
    def deep(levels: int) -> None:
        if levels:
            deep(levels - 1)
        else:
            parse(article(NESTINGS["asks"](90)))

    with pytest.raises(UsageError, match="too deeply"):
        deep(sys.getrecursionlimit() - 300)


FIRST = (
    '@id("a") @text("Say \\"no\\".") // why\nforbid (principal == Engine::"e", action in '
    '[Action::"x", Action::"y"], resource) when { context has a && context.a.b <= -12 } unless '
    '{ !(["p", 1, [true]].contains(context.c) || action == Action::"z") };'
)
WHOLE = FIRST + "\n" + article("true").strip()


@pytest.mark.parametrize("stop", range(len(WHOLE)))
def test_a_text_cut_short_is_refused_or_has_whole_articles_only(stop):
    try:
        found = parse(WHOLE[:stop])
    except UsageError:
        return
    assert (WHOLE[:stop].strip(), len(found)) in [("", 0), (FIRST, 1)]


# contexts


class Word(str, Enum):  # noqa: UP042  (a StrEnum would hash like its text)
    A = "a"


class Number(IntEnum):
    ONE = 1


class Text(str):
    """A text that is no plain one."""


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        None,
        b"a",
        (1,),
        {1},
        object(),
        Word.A,
        Number.ONE,
        Text("a"),
        HIGHEST + 1,
        LOWEST - 1,
        "\ud800",
        [1.5],
        {"x": None},
        {1: 1},
        {"": 1},
        {Word.A: 1},
        {"a b": 1},
        {"\ud800": 1},
        {"__entity": {"type": "Engine", "id": "engine"}},
        {"__extn": {"fn": "decimal", "arg": "1.0"}},
    ],
    ids=lambda value: "object" if type(value) is object else ascii(value),
)
def test_a_context_with_anything_but_plain_values_fails_every_article(value):
    articles = parse(article("true", name="b") + article("false", "forbid", name="a"))
    denied = Ruling(allowed=False, by=(), errors=("a", "b"))
    assert judge(articles, "go", {"x": 1, "y": value}) == denied
    assert judge(articles, "go", {"x": [{"y": value}]}) == denied
    assert judge(articles, "go", {"__entity": value}) == denied


def test_a_context_that_never_ends_fails_every_article():
    endless: dict[str, object] = {}
    endless["x"] = endless
    assert ours(article("true"), endless).errors == ("p",)


@pytest.mark.parametrize("wrap", [lambda value: [value], lambda value: {"x": value}])
def test_a_context_may_be_as_deep_as_an_article(wrap):
    value: object = 1
    for _ in range(DEPTH_LIMIT - 1):
        value = wrap(value)
    assert assert_both_agree(article("context.x == context.x"), {"x": value}).allowed
    assert ours(article("true"), {"x": wrap(value)}).errors == ("p",)


def test_a_context_may_be_any_mapping_and_is_not_touched():
    inner = MappingProxyType({"ok": True})
    context = MappingProxyType({"x": inner, "tags": [1]})
    assert judge(parse(article("context.x.ok")), "go", context).allowed
    assert context == {"x": {"ok": True}, "tags": [1]}


# beside cedarpy, on what nobody thought of


LETTERS = st.sampled_from("ab\"\\'\n\t\r\0é漢🙂 /;}")
NUMBERS = st.sampled_from([LOWEST, -2, -1, 0, 1, 2, HIGHEST])
WORDS = st.text(LETTERS, max_size=2)
SCALARS = st.booleans() | NUMBERS | WORDS
SETS = st.lists(SCALARS | st.lists(SCALARS, max_size=2), max_size=3)
PLAIN = {"flag": st.booleans(), "number": NUMBERS, "word": WORDS, "tags": SETS}
FAULTY = dict.fromkeys(PLAIN, SCALARS | SETS | st.just({"flag": True}))
ESCAPED = str.maketrans({
    "\n": r"\n",
    "\t": r"\t",
    "\r": r"\r",
    "\0": r"\0",
    "\\": r"\\",
    '"': r"\"",
    "'": r"\'",
})


def contexts() -> st.SearchStrategy[dict[str, object]]:
    right = st.fixed_dictionaries({**PLAIN, "deep": st.fixed_dictionaries(PLAIN)})
    wrong = st.fixed_dictionaries(
        {}, optional={**FAULTY, "deep": st.fixed_dictionaries({}, optional=FAULTY) | SCALARS}
    )
    return right | wrong


def written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return f'"{value.translate(ESCAPED)}"' if isinstance(value, str) else str(value)


def joined(*parts: object) -> st.SearchStrategy[str]:
    """One text of texts, each given or drawn."""
    drawn = (st.just(part) if isinstance(part, str) else part for part in parts)
    return st.tuples(*drawn).map(" ".join)  # pyright: ignore[reportArgumentType]


PATHS = st.sampled_from(["context.", "context.", "context.deep."])
ENTITIES = st.sampled_from(['Engine::"engine"', 'Engine::"a"', 'Action::"go"', 'Run::"run"'])
VARIABLES = st.sampled_from(["principal", "action", "resource", "context"])
LONGS = NUMBERS.map(written) | PATHS.map("{}number".format)
STRINGS = WORDS.map(written) | PATHS.map("{}word".format)
WHOLES = SETS.map(written) | PATHS.map("{}tags".format)
BOOLS = st.sampled_from(["true", "false"]) | PATHS.map("{}flag".format)
NAMES = st.sampled_from([*PLAIN, "deep", "nothing"])
ANYTHING = LONGS | STRINGS | WHOLES | BOOLS | ENTITIES | VARIABLES
EQUAL, ORDER = st.sampled_from(["==", "!="]), st.sampled_from(["<", "<=", ">", ">="])
LEAVES = st.one_of(
    BOOLS,
    joined(LONGS, ORDER, LONGS),
    joined(LONGS, EQUAL, LONGS),
    joined(STRINGS, EQUAL, STRINGS),
    joined(VARIABLES, EQUAL, ENTITIES),
    joined(ANYTHING, EQUAL, ANYTHING),
    joined(WHOLES, ".contains(", LONGS | STRINGS | ANYTHING, ")"),
    joined("context", "has", NAMES),
    joined("context.deep", "has", NAMES),
    joined("context has deep && context.deep has", NAMES),
    st.one_of(ANYTHING, joined(ANYTHING, ORDER, ANYTHING)),  # often without a value
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        joined(inner, "&&", inner),
        joined(inner, "||", inner),
        joined("(", inner, ")", st.sampled_from(["&&", "||", "==", "!="]), "(", inner, ")"),
        joined("!(", inner, ")"),
        joined("[true, 1].contains(", inner, ")"),
    ),
    max_leaves=6,
)
HEADS = joined(
    st.sampled_from(["permit", "permit", "forbid"]),
    st.sampled_from(["(principal,", '(principal == Engine::"engine",', '(principal == A::"a",']),
    st.sampled_from([
        "action,",
        "action,",
        'action == Action::"go",',
        'action in [Action::"a", Action::"go"],',
    ]),
    st.sampled_from(["resource)", "resource)", 'resource == Run::"run")']),
)
CLAUSES = st.lists(
    joined(st.sampled_from(["when {", "unless {"]), CONDITIONS, "}"), max_size=2
).map("\n".join)
ARTICLES = joined(HEADS, CLAUSES, ";")


def numbered(articles: list[str]) -> str:
    return "\n".join(f'@id("n{i}") {text}' for i, text in enumerate(articles))


TEXTS = st.lists(ARTICLES, min_size=1, max_size=4).map(numbered)


@settings(max_examples=400)
@given(TEXTS, contexts(), st.sampled_from(["go", "a", "stay"]))
def test_both_engines_agree_on_what_applies_and_what_fails(text, context, action):
    assert_both_agree(text, context, action)


@settings(max_examples=300)
@given(TEXTS, st.data())
def test_what_cedar_cannot_read_neither_can_we(text, data):
    """A text with some token lost, doubled or swapped is refused by us, or read by both alike."""
    tokens = re.findall(r'"(?:[^"\\]|\\.)*"|-?\w+|::|[=!<>]=|&&|\|\||\S', text, re.DOTALL)
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.integers(0, len(tokens) - 1))
        change = data.draw(st.sampled_from([[], [tokens[place]] * 2, ["!"], ["-"], [")"], ["("]]))
        other = [tokens[data.draw(st.integers(0, len(tokens) - 1))]]
        tokens[place : place + 1] = data.draw(st.sampled_from([change, other]))
    broken = " ".join(tokens)
    try:
        parse(broken)
    except UsageError:
        return
    assert_both_agree(broken)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_text_is_read_by_both_or_refused(text):
    for whole in (text, article(text), f'@id("a{text}") {HEAD};', f"{HEAD} {text};"):
        try:
            parse(whole)
        except UsageError:
            continue
        assert cedar_reads(whole)


JSON = st.recursive(
    SCALARS | st.none() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            NAMES | st.sampled_from(["__entity", "__extn"]) | WORDS, inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=200)
@given(st.dictionaries(NAMES, JSON, max_size=3))
def test_a_context_that_cedar_cannot_read_fails_every_article(context):
    text = article("true") + article("context has word && context.word == 1", "forbid", "f")
    mine = ours(text, context)
    if mine.errors == ("f", "p"):
        return
    assert_both_agree(text, context)
