"""The articles over every context: Z3 on what `rules.parse` makes of the text that ships.

`cases` turns each act of the schema into formulas: by whom it may be asked, in which contexts which
article applies or fails, when it is allowed. `promises` asks Z3 for a context in which one of
`PROMISES` is broken; `tightens` asks for a request that new articles allow and old ones did not.

    python docs/proofs/articles.py                  # a table: proposition, verdict, seconds
    python docs/proofs/articles.py OLD NEW          # before you sign an amendment of the articles

What is translated are the very expressions that judge requests, not a second parse; a form that
`rules` learns and this file does not know is an error. Not covered: how a fact was measured.
"""

import operator
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import z3

from ouroboros_warden import rules
from ouroboros_warden.constitution import shipped

Term = Any  # a formula of Z3, an entity (kind, id), or a set of literals (list)
Doubtful = tuple[Term, z3.BoolRef]  # a value, and when there is none
TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)
FAULT = FALSE, TRUE
TYPES: dict[str, Callable[[str], Term]] = {"Bool": z3.Bool, "Long": z3.Int, "String": z3.String}
OVERLAPS = {"2-network": "3-reach"}  # forbids that another one covers, on purpose: two sentences
_DECLARATION = re.compile(
    r"\s*(?:entity\s+\w+;|type\s+(\w+)\s*=\s*\{([^{}]*)\};|action\s+([\w\s,]+?)\s+appliesTo\s*"
    r"\{\s*principal:\s*(\w+),\s*resource:\s*\w+,\s*context:\s*\{([^{}]*)\}\s*\};)\s*"
)


class Finding(NamedTuple):
    """What came of one proposition; `example` refutes it, in words."""

    claim: str
    example: str | None
    seconds: float


@dataclass(frozen=True)
class Case:
    """One act, asked by anybody about anything in any context that the schema gives it."""

    act: str
    asker: str
    ask: Mapping[str, Term]
    facts: Mapping[str, Term]
    world: z3.BoolRef
    permits: Mapping[str, z3.BoolRef]
    forbids: Mapping[str, z3.BoolRef]
    fails: Mapping[str, z3.BoolRef]

    @property
    def rightful(self) -> z3.BoolRef:
        """Whether the one asks whose act it is."""
        own = literal(self.asker), literal(self.asker.lower())
        return equal(self.ask["principal"], own) if self.asker else FALSE

    def allowed(self, without: str = "") -> z3.BoolRef:
        """Some article permits it, none forbids it, none fails; one may be left out."""
        against = [*self.forbids.items(), *self.fails.items()]
        stops = some(*(stop for name, stop in against if name != without))
        return every(some(*self.permits.values()), negation(stops))

    def solve(self, *wanted: z3.BoolRef) -> z3.ModelRef | None:
        """A request of this case that is as wanted."""
        solver = z3.Solver()
        solver.add(self.world, *wanted)
        verdict = solver.check()
        if verdict == z3.unknown:
            raise RuntimeError(f"Z3 does not know: {solver.reason_unknown()}")
        return solver.model() if verdict == z3.sat else None

    def find(self, *wanted: z3.BoolRef, of: z3.BoolRef | None = None) -> str | None:
        """The same in words, where `of` is given by the facts that it speaks of."""
        if (model := self.solve(*wanted)) is None:
            return None
        told = {str(name) for name in z3.z3util.get_vars(of)} if of is not None else self.facts
        kind, name = (model.eval(part, True).as_string() for part in self.ask["principal"])
        said = [f"{n} = {model.eval(f, True)}" for n, f in self.facts.items() if n in told]
        return f'{kind}::"{name}" may {self.act} with {", ".join(said) or "anything"}'


def read_schema(text: str) -> dict[str, tuple[str, dict[str, Term]]]:
    """Of each act: the type of who may ask, its context's facts by path; ValueError otherwise."""
    text, place = re.sub(r"//[^\n]*", "", text), 0
    records: dict[str, str] = {}
    acts: dict[str, tuple[str, dict[str, Term]]] = {}

    def facts(fields: str, path: str = "") -> Iterator[tuple[str, Term]]:
        for field in filter(None, map(str.strip, fields.split(","))):
            name, _, kind = map(str.strip, field.partition(":"))
            if kind in records:
                yield from facts(records[kind], f"{path}{name}.")
            elif kind in TYPES and name.isidentifier():
                yield path + name, TYPES[kind](path + name)
            else:
                raise ValueError(f"the schema's {field!r} has a type that is not translated")

    while place < len(text):
        if (part := _DECLARATION.match(text, place)) is None:
            raise ValueError(f"the schema is not translated from {text[place : place + 60]!r} on")
        alias, fields, names, asker, context = part.groups()
        records |= {alias: fields} if alias else {}
        acts |= {name: (asker, dict(facts(context))) for name in re.findall(r"\w+", names or "")}
        place = part.end()
    return acts


def literal(value: object) -> Term:
    """A value that stands in an article."""
    match value:
        case bool():
            return TRUE if value else FALSE
        case str() if "\\" not in value:  # Z3 has escapes of its own
            return z3.StringVal(value)
        case rules._Long(number):
            return z3.IntVal(number)
        case rules._Entity(kind, name):
            return literal(kind), literal(name)
        case rules._Set():
            return list(map(literal, value))
    raise ValueError(f"{value!r} is not translated")


def some(*parts: z3.BoolRef) -> z3.BoolRef:
    """Whether one of them is true; what needs no solver is decided here, or it takes minutes."""
    kept = [part for part in parts if part is not FALSE]
    if any(part is TRUE for part in kept):
        return TRUE
    return z3.Or(*kept) if len(kept) > 1 else kept[0] if kept else FALSE


def every(*parts: z3.BoolRef) -> z3.BoolRef:
    return negation(some(*map(negation, parts)))


def negation(part: z3.BoolRef) -> z3.BoolRef:
    if part is TRUE or part is FALSE:
        return FALSE if part is TRUE else TRUE
    return part.arg(0) if z3.is_not(part) else z3.Not(part)


def equal(left: Term, right: Term) -> z3.BoolRef:
    """Whether two terms are equal; those of two types never are."""
    match left, right:
        case z3.SeqRef(), z3.SeqRef() if left.is_string_value() and right.is_string_value():
            return TRUE if left.eq(right) else FALSE
        case z3.ExprRef(), z3.ExprRef() if left.sort() == right.sort():
            return left == right
        case (tuple(), tuple()):
            return every(*map(equal, left, right))
        case (list(), list()):
            raise ValueError("whether two sets are equal is not translated")
    return FALSE


def meaning(
    expression: rules.Expression, ask: Mapping[str, Term], facts: Mapping[str, Term]
) -> Doubtful:
    """What an article's expression is worth in a symbolic request, and when it fails instead."""

    def mean(*parts: rules.Expression) -> list[Term]:
        values, faults = zip(*(meaning(part, ask, facts) for part in parts), strict=True)
        return [*values, some(*faults)]

    cells = (cell.cell_contents for cell in expression.__closure__ or ())
    match dict(zip(expression.__code__.co_freevars, cells, strict=True)):
        case {"terms": terms, "decisive": decisive}:
            return chain((truth(*mean(term)) for term in terms), decisive)
        case {"inner": inner}:
            value, fault = truth(*mean(inner))
            return negation(some(value, fault)), fault
        case {"same": same, "left": left, "right": right}:
            one, other, fault = mean(left, right)
            alike = equal(one, other)
            return alike if same is operator.eq else negation(alike), fault
        case {"order": order, "left": left, "right": right}:
            one, other, fault = mean(left, right)
            return (order(one, other), fault) if z3.is_int(one) and z3.is_int(other) else FAULT
        case {"whole": whole, "part": part}:
            members, value, fault = mean(whole, part)
            if not isinstance(members, list):
                return FAULT
            return some(*(equal(each, value) for each in members)), fault
        case {"names": names}:
            path = ".".join(names)
            if any(fact.startswith(f"{path}.") or not path for fact in facts):
                raise ValueError(f"context.{path} as a whole is not translated")
            return (facts[path], FALSE) if path in facts else FAULT
        case {"name": name, **more} if not more:
            return ask[name], FALSE
        case {"literal": value} | {"members": value}:
            return literal(value), FALSE
    raise ValueError(f"rules.py has a form that is not translated: {expression.__qualname__}")


def chain(terms: Iterable[Doubtful], decisive: bool) -> Doubtful:
    """Terms joined by `||`, if true is decisive, or `&&`: what follows a decisive one is moot."""
    enough, value = (TRUE, FALSE) if decisive else (FALSE, TRUE)
    seen, fault = list[Doubtful](), FALSE
    for term in terms:
        seen.append(term)
        if term[0] is enough:
            break
    for first, broken in reversed(seen):
        value = some(first, value) if decisive else every(first, value)
        fault = some(broken, every(negation(first) if decisive else first, fault))
    return value, fault


def truth(value: Term, fault: z3.BoolRef) -> Doubtful:
    """Whether it is true and did not fail; whether it failed, as what is neither true nor false."""
    return (every(value, negation(fault)), fault) if z3.is_bool(value) else FAULT


@cache
def cases(text: str, schema: str | None = None) -> dict[str, Case]:
    """Every act under these articles; under "?" all acts that the schema does not know."""
    acts = read_schema(shipped()["schema.cedarschema"] if schema is None else schema)
    articles = rules.parse(text)
    found: dict[str, Case] = {}
    for act, (asker, facts) in {**acts, "?": ("", {})}.items():
        name = z3.String("act") if act == "?" else z3.StringVal(act)
        ask: dict[str, Term] = {"action": (z3.StringVal("Action"), name)}
        for role in ("principal", "resource"):
            ask[role] = z3.String(f"{role}'s type"), z3.String(f"{role}'s id")
        longs = (fact for fact in facts.values() if z3.is_int(fact))
        world = [z3.And(fact >= -(1 << 63), fact < 1 << 63) for fact in longs]
        world += [name != z3.StringVal(known) for known in acts if act == "?"]
        sides: dict[str, dict[str, z3.BoolRef]] = {"permit": {}, "forbid": {}, "fails": {}}
        for article in articles:
            applies, sides["fails"][article.id] = truth(*meaning(article.condition, ask, facts))
            sides[article.effect][article.id] = applies
        found[act] = Case(act, asker, ask, facts, z3.And(*world), *sides.values())
    return found


PROMISES = (  # of whose acts, or of which: each is allowed only where this holds
    "engine: context.state.law_intact",
    "engine: context.state.judges_intact",
    'engine: context.state.brake == "running"',
    "engine but claim final finish: context.state.lease",
    'examples: context.state.mode == "formal" || context.level <= context.wall',
    'verify: context.state.mode == "formal"',
    "promote: context.fresh && context.probes && context.monitored",
    "promote: context.evidence && context.worse == 0",
    "promote: context.gain <= context.granted",
    "promote: context.precision >= 9900",
    "promote: context.variety >= 300",
    "data examine: context.lineage",
    "data: context.foreign == 0",
    "execute deploy: context.jailed",
    "deploy: context.judged",
    "run: context.tier >= 1",
    "run: context.escapes == 0",
    "human but pull: context.threshold >= 1 && context.signatures >= context.threshold",
    "human but pull: context.newer",
    "grant: context.bounded",
    "pull: context.tightens",
)


def check(claim: str, examples: Iterable[str | None]) -> Finding:
    """The finding on a claim: refuted by the first example that there is."""
    began = time.perf_counter()
    example = next(filter(None, examples), None)
    return Finding(claim, example, time.perf_counter() - began)


def broken(found: Mapping[str, Case], claim: str, without: str = "") -> Iterable[str | None]:
    """How each act that a promise is about breaks it; one that is about no act is broken, too."""
    who, _, condition = claim.partition(": ")
    meant, _, aside = who.partition(" but ")
    (promise,) = rules.parse(f'@id("p") permit (principal, action, resource) when {{{condition}}};')
    concerned = [
        case
        for case in found.values()
        if case.act not in aside.split() and {case.act, case.asker.lower()} & {*meant.split()}
    ]
    yield None if concerned else "no act of the schema is meant"
    for case in concerned:
        kept, fails = truth(*meaning(promise.condition, case.ask, case.facts))
        yield case.find(case.allowed(without), z3.Or(z3.Not(kept), fails), of=kept)


def strangers(found: Mapping[str, Case]) -> Iterable[str | None]:
    """Acts done by somebody else than the one whose acts they are."""
    for case in found.values():
        yield case.find(case.allowed(), z3.Not(case.rightful))


def failing(found: Mapping[str, Case]) -> Iterable[str | None]:
    """Articles that read what a request of the schema does not hold."""
    for case in found.values():
        for article, fails in case.fails.items() if case.asker else ():
            wrong = case.find(case.ask["principal"][0] == literal(case.asker), fails)
            yield wrong and f"{article} fails where {wrong}"


def idle(found: Mapping[str, Case]) -> Iterable[str | None]:
    """Acts that nobody may do; permits and forbids that change nothing, or no promise needs."""
    each = found.values()
    for case in each:
        doable = case.find(case.allowed()) or not case.asker
        yield None if doable else f"nobody may ever {case.act}"
    for name in found["?"].permits:
        used = any(c.find(c.allowed(), c.permits[name]) for c in each if c.asker)
        yield None if used else f"{name} permits nothing"
    for name, cover in OVERLAPS.items():
        one, other = ([case.forbids.get(n, FALSE) for case in each] for n in (name, cover))
        beyond = any(map(lambda case, a, b: case.find(a, z3.Not(b)), each, one, other))
        yield f"{name} is not covered by {cover}" if beyond else None
    for name in found["?"].forbids.keys() - OVERLAPS:
        alone = any(case.find(case.allowed(name), case.forbids[name]) for case in each)
        needed = any(any(broken(found, claim, name)) for claim in PROMISES)
        yield None if alone and needed else f"{name} forbids nothing that others do not"


def obstacles(found: Mapping[str, Case]) -> Iterable[str | None]:
    """What keeps a human from pulling the brake."""
    pull = found["pull"]
    denied = pull.find(pull.rightful, pull.facts["tightens"], z3.Not(pull.allowed()))
    yield denied and f"it is denied that {denied}"


def promises(text: str | None = None, schema: str | None = None) -> list[Finding]:
    """Every proposition about some articles, the shipped ones unless told otherwise."""
    found = cases(shipped()["articles.cedar"] if text is None else text, schema)
    return [
        *(check(claim, broken(found, claim)) for claim in PROMISES),
        check("each act by its own principal alone; unknown acts by nobody", strangers(found)),
        check("no article is idle (2-network, which 3-reach covers, aside)", idle(found)),
        check("no article fails on anything that the schema lets be asked", failing(found)),
        check("whoever tightens is never denied", obstacles(found)),
    ]


def tightens(old: str, new: str, schema: str | None = None) -> Finding:
    """Whether articles `new` allow nothing that `old` forbid, over all requests of the schema."""
    before, after = cases(old, schema), cases(new, schema)
    loosened = (
        case.find(case.allowed(), z3.Not(before[act].allowed())) for act, case in after.items()
    )
    return check("the new articles allow nothing that the old ones forbid", loosened)


def report(findings: Iterable[Finding]) -> int:
    """Print a table; how many propositions do not hold."""
    refuted = 0
    for claim, example, seconds in findings:
        print(f"{'REFUTED' if example else 'proved':8} {seconds:6.2f} s  {claim}")
        if example:
            print(f"{'':19}{example}")
            refuted += 1
    return refuted


if __name__ == "__main__":
    texts = [Path(name).read_text() for name in sys.argv[1:]]
    sys.exit(bool(report([tightens(*texts)] if texts else promises())))
