r'''The constitution's articles, judged a second time: a small evaluator of a subset of Cedar.

The warden allows only what cedarpy and this module both allow. Here an article is

    @name("text") ...                                   each article has an @id of its own
    permit | forbid (
        principal [== Type::"id"],
        action [== Action::"id" | in [Action::"id", ...]],
        resource [== Type::"id"]
    ) [when | unless { expression }] ... ;              // and comments

An expression is made of `||`, `&&`, `!`, one comparison `== != < <= > >=`, `context.a.b`,
`context has a`, `context.a.contains(x)`, `[1, 2].contains(x)`, the four variables, parentheses and
literals: integers, strings, true, false, entities, sets of literals. The rest of Cedar is a
UsageError, and so is whatever nobody could see in the text.

>>> articles = parse("""
... @id("short-leases")
... permit (principal, action == Action::"lease", resource) when { context.hours <= 8 };
... """)
>>> judge(articles, "lease", {"hours": 7})
Ruling(allowed=True, by=('short-leases',), errors=())
>>> judge(articles, "lease", {"hours": "7"})  # Cedar skips an article that fails; here it denies
Ruling(allowed=False, by=(), errors=('short-leases',))

Parse here before cedarpy does: brackets some hundreds deep overflow its stack and end the process.
Not covered: schemas, and entities with attributes or parents.
'''

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeVar, cast

from ouroboros_warden.errors import UsageError

TEXT_LIMIT = 1 << 20  # bytes of all articles
ARTICLE_LIMIT = 1000  # tokens; each term of a chain is a level of Cedar's stack
DEPTH_LIMIT = 100  # brackets open at once; levels of a context

_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1
_NESTING = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_EQUALITIES = {"==": operator.eq, "!=": operator.ne}
_ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "\\": "\\", '"': '"', "'": "'"}
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# Nothing accepts "junk": it is there to be named in a message.
_TOKEN = re.compile(
    rf"""(?P<space>[ \t\n]+|//[^\n]*)
    |(?P<string>"(?:[^"\\]|\\[ntr0\\"'])*+")
    |(?P<integer>-?(?:0|[1-9][0-9]*))
    |(?P<reserved>(?:true|false|if|then|else|in|is|like|has)\b)
    |(?P<name>{_NAME.pattern})
    |(?P<mark>::|[=!<>]=|&&|\|\||[][(){{}}@,;.!<>])
    |(?P<end>\Z)
    |(?P<junk>"(?:[^"\\]|\\.)*+"?|.)""",
    re.VERBOSE | re.DOTALL,
)

Kind = TypeVar("Kind")
Effect = Literal["permit", "forbid"]


class _Fault(Exception):
    """A value is of the wrong type."""


class _Long(NamedTuple):
    """An integer, wrapped so that 1 is not true, neither alone nor within a set."""

    number: int


class _Entity(NamedTuple):
    kind: str
    id: str


class _Set(frozenset["_Value"]):
    """What a list of the context becomes; order and repetition are gone."""


class _Record(dict[str, "_Value"]):
    """A record: nobody writes to it, so it may lie in a set."""

    def __hash__(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        return hash(frozenset(self.items()))


_Value = bool | str | _Long | _Entity | _Set | _Record
Expression = Callable[[Mapping[str, _Value]], _Value]
"""From what principal, action, resource and context are to its value, or _Fault, or KeyError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article; `notes` are all its annotations, `condition` is true where it applies."""

    id: str
    effect: Effect
    notes: Mapping[str, str]
    condition: Expression = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What decided: the forbids that apply or else the permits; what failed; all ids, sorted."""

    allowed: bool
    by: tuple[str, ...]
    errors: tuple[str, ...]


def judge(
    articles: Sequence[Article],
    action: str,
    context: Mapping[str, object],
    principal: str = 'Engine::"engine"',
    resource: str = 'Run::"run"',
) -> Ruling:
    """Decide a request: some permit applies, no forbid does, and no article failed.

    Values in `context` are bool, int, str, list (a set) or a mapping from names; with any other,
    every article fails. UsageError where principal or resource is not written as Type::"id".
    """
    try:
        request = {
            "principal": _Parser(principal).only(),
            "action": _Entity("Action", action),
            "resource": _Parser(resource).only(),
            "context": _value(context, 0),
        }
    except _Fault:
        return Ruling(allowed=False, by=(), errors=tuple(sorted(each.id for each in articles)))
    applying: dict[Effect, list[str]] = {"permit": [], "forbid": []}
    failed: list[str] = []
    for article in articles:
        try:
            if article.condition(request):
                applying[article.effect].append(article.id)
        except (_Fault, KeyError):  # a value of another type, no such attribute
            failed.append(article.id)
    by = tuple(sorted(applying["forbid"] or applying["permit"]))
    allowed = bool(by) and not applying["forbid"] and not failed
    return Ruling(allowed=allowed, by=by, errors=tuple(sorted(failed)))


def _value(value: object, depth: int) -> _Value:
    """A value of the context; exact types only, for an Enum hashes unlike the text it equals."""
    if type(value) is bool:
        return value
    if type(value) is int and _LOWEST <= value <= _HIGHEST:
        return _Long(value)
    if type(value) is str and not _SURROGATE.search(value):
        return value
    if depth < DEPTH_LIMIT and isinstance(value, list):
        return _Set(_value(each, depth + 1) for each in cast("list[object]", value))
    if depth < DEPTH_LIMIT and isinstance(value, Mapping):
        record = cast("Mapping[str, object]", value)
        # Only keys that articles can spell: Cedar's JSON takes `__entity` for something else.
        if all(type(key) is str and _NAME.fullmatch(key) for key in record):
            return _Record((key, _value(each, depth + 1)) for key, each in record.items())
    raise _Fault


def _as(kind: type[Kind], value: _Value) -> Kind:
    if type(value) is not kind:
        raise _Fault
    return value


def _path(names: list[str]) -> Expression:
    def value(request: Mapping[str, _Value]) -> _Value:
        value = request["context"]
        for name in names:
            value = _as(_Record, value)[name]
        return value

    return value


def _contains(whole: Expression, part: Expression) -> Expression:
    return lambda request: part(request) in _as(_Set, whole(request))


def _among(members: _Value, name: str) -> Expression:
    return _contains(lambda request: members, lambda request: request[name])


def _not(inner: Expression) -> Expression:
    return lambda request: not _as(bool, inner(request))


def _comparison(mark: str, left: Expression, right: Expression) -> Expression:
    if same := _EQUALITIES.get(mark):
        return lambda request: same(left(request), right(request))
    order = _ORDERS[mark]
    return lambda request: order(_as(_Long, left(request)), _as(_Long, right(request)))


def _chain(terms: list[Expression], decisive: bool) -> Expression:
    """Terms joined by `&&` or `||`: after the first that is `decisive` none is evaluated."""

    def value(request: Mapping[str, _Value]) -> _Value:
        for term in terms:
            if _as(bool, term(request)) is decisive:
                return decisive
        return not decisive

    return value


def parse(text: str) -> tuple[Article, ...]:
    """The articles of a text, in its order; UsageError names the line and what was found there."""
    if len(text.encode(errors="surrogatepass")) > TEXT_LIMIT:
        raise UsageError(f"articles of more than {TEXT_LIMIT} bytes")
    for number, line in enumerate(text.split("\n"), 1):
        if hidden := [each for each in line if not each.isprintable() and each != "\t"]:
            raise UsageError(f"line {number}: found {hidden[0]!r}, which nobody can see")
    parser = _Parser(text)
    articles: list[Article] = []
    try:
        while parser.found[0]:
            articles.append(parser.article())
    except RecursionError as error:  # a caller deep in the stack left no room
        raise UsageError("articles nested too deeply to read here") from error
    return tuple(articles)


class _Parser:
    """Recursive descent, one token ahead: `found` is the next one, not taken yet."""

    def __init__(self, text: str) -> None:
        self.rest = (each for each in _TOKEN.finditer(text) if each.lastgroup != "space")
        self.found = next(self.rest)
        self.ids = {""}
        self.taken = self.depth = 0

    def mistake(self, expected: str) -> UsageError:
        line = self.found.string.count("\n", 0, self.found.start()) + 1
        found = repr(self.found[0][:40]) if self.found[0] else "the end of the text"
        return UsageError(f"line {line}: expected {expected}, found {found}")

    def take(self, kind: str) -> str:
        if self.found.lastgroup != kind:
            raise self.mistake(f"a {kind}")
        return self.advance()

    def accept(self, *texts: str) -> str | None:
        return self.advance() if self.found[0] in texts else None

    def expect(self, *texts: str) -> None:
        for text in texts:  # one after the other
            if self.accept(text) is None:
                raise self.mistake(repr(text))

    def advance(self) -> str:
        text = self.found[0]
        self.taken += 1
        self.depth += _NESTING.get(text, 0)
        if self.taken > ARTICLE_LIMIT or self.depth > DEPTH_LIMIT:
            raise self.mistake("a shorter and flatter article")
        self.found = next(self.rest, self.found)
        return text

    def only(self) -> _Value:
        """The entity that is the whole text."""
        entity = self.entity()
        self.expect("")
        return entity

    def article(self) -> Article:
        self.taken = 0
        notes = self.notes()
        effect = cast("Effect", self.accept("permit", "forbid"))
        if not effect:
            raise self.mistake("permit or forbid")
        conditions = self.head()
        while word := self.accept("when", "unless"):
            self.expect("{")
            clause = self.closed("}")
            conditions.append(clause if word == "when" else _not(clause))
        self.expect(";")
        condition = _chain(conditions, decisive=False)
        return Article(id=notes["id"], effect=effect, notes=notes, condition=condition)

    def notes(self) -> Mapping[str, str]:
        notes: dict[str, str] = {}
        while self.accept("@"):
            if self.found[0] in notes:
                raise self.mistake("another annotation")
            name = self.take("name")
            self.expect("(")
            notes[name] = self.string()
            self.expect(")")
        identity = notes.get("id", "")
        if identity in self.ids:
            raise self.mistake(f"an @id of its own (not {identity!r}) before the article")
        self.ids.add(identity)
        return MappingProxyType(notes)

    def head(self) -> list[Expression]:
        """`(principal, action, resource)`, as what it demands of them."""
        tests: list[Expression] = []
        for opening, name in (("(", "principal"), (",", "action"), (",", "resource")):
            self.expect(opening, name)
            entity = partial(self.entity, kind="Action") if name == "action" else self.entity
            if self.accept("=="):
                tests.append(_among(_Set([entity()]), name))
            elif name == "action" and self.accept("in"):
                self.expect("[")
                tests.append(_among(self.members(entity), name))
        self.expect(")")
        return tests

    def closed(self, bracket: str) -> Expression:
        """An expression up to the bracket that closes it."""
        expression = self.chain("||", lambda: self.chain("&&", self.relation))
        self.expect(bracket)
        return expression

    def chain(self, mark: str, term: Callable[[], Expression]) -> Expression:
        terms = [term()]
        while self.accept(mark):
            terms.append(term())
        return _chain(terms, decisive=mark == "||") if len(terms) > 1 else terms[0]

    def relation(self) -> Expression:
        is_context = self.found[0] == "context"  # nothing else has attributes
        left = self.operand()
        if is_context and self.accept("has"):
            name = self.take("name")
            return lambda request: name in _as(_Record, left(request))
        if mark := self.accept(*_EQUALITIES, *_ORDERS):
            return _comparison(mark, left, self.operand())
        return left

    def operand(self) -> Expression:
        if self.accept("!"):
            if self.found[0] == "!" or self.found.lastgroup == "integer":
                raise self.mistake("something true or false")  # Cedar takes no !-1, no !!!!!x
            return _not(self.operand())
        if self.accept("("):
            return self.closed(")")
        if self.accept("context"):
            return self.path()
        if name := self.accept("principal", "action", "resource"):
            return lambda request: request[name]
        literal = self.literal()
        if isinstance(literal, _Set) and self.accept("."):
            self.expect("contains", "(")
            return _contains(lambda request: literal, self.closed(")"))
        return lambda request: literal

    def path(self) -> Expression:
        names: list[str] = []
        while self.accept("."):
            name = self.take("name")
            if name == "contains" and self.accept("("):
                return _contains(_path(names), self.closed(")"))
            names.append(name)
        return _path(names)

    def literal(self) -> _Value:
        if word := self.accept("true", "false"):
            return word == "true"
        if self.accept("["):
            return _Set() if self.accept("]") else self.members(self.literal)
        if self.found.lastgroup == "string":
            return self.string()
        if self.found.lastgroup == "integer":
            if not _LOWEST <= int(self.found[0][:21]) <= _HIGHEST:  # Python reads not every length
                raise self.mistake("an integer of 64 bits")
            return _Long(int(self.take("integer")))
        return self.entity()

    def members(self, member: Callable[[], _Value]) -> _Value:
        members = {member()}
        while self.accept(","):
            members.add(member())
        self.expect("]")
        return _Set(members)

    def entity(self, kind: str = "") -> _Value:
        if kind and self.found[0] != kind:
            raise self.mistake(kind)
        name = self.take("name")
        self.expect("::")
        return _Entity(name, self.string())

    def string(self) -> str:
        return re.sub(r"\\(.)", lambda match: _ESCAPES[match[1]], self.take("string")[1:-1])
