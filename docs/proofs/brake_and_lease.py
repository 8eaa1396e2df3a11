"""Brake and lease as state machines: proved by induction, and all small worlds through real code.

The brake's file may at any time hold anything (`FILES`: an attacker writes it, deletes it, brings
back what was signed once); the log holds what the warden wrote. A warden starts (`heed_brake`), or
is signalled while it serves (`listening`), any number of times, in any order; the authority signs
releases of what the log says. `explore` takes every path of such steps until there is no new state
and says which claim breaks where. Z3 does numbers of any size, on a model of `checked` that must
agree with the real function.

    python docs/proofs/brake_and_lease.py           # a table: proposition, verdict, seconds

Not covered: a signal within a signal; what is cut off by `kill -9` before it stands in the log.
"""

import math
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from itertools import pairwise, product
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import z3
from articles import Finding, check, read_schema, report
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_warden import brake, heed
from ouroboros_warden.audit import Record
from ouroboros_warden.brake import POSITIONS, Latch, checked, logged_latch, release_of
from ouroboros_warden.constitution import shipped
from ouroboros_warden.errors import Braked
from ouroboros_warden.gate import Gate
from ouroboros_warden.keys import Authority, public_key, sign
from ouroboros_warden.law import Law
from ouroboros_warden.lease import Allowance, nats
from ouroboros_warden.policy import Policy
from ouroboros_warden.standing import Standing, after, facts_of_exam

Pull = tuple[str, int]  # a position and its number: what a release is signed for
File = tuple[str, int, Pull | None]  # the same as the file has it, with signatures on a release
Step = tuple[str, Any, set[str]]  # in words, the state that it leads to, the claims that it breaks
KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in range(3)]
AUTHORITY = Authority(keys=tuple(map(public_key, KEYS)), threshold=2)
RUN, NUMBERS, FOLDER = "ab" * 32, range(3), SimpleNamespace(root="RUN_DIR")
POLICY = Policy(shipped())
PULLS = [(position, number) for position in POSITIONS[1:] for number in NUMBERS]
CLAIMS = QUORUM, RISES, ONCE, STOPS = (
    "the brake is loosened by a quorum's signatures on this very pull alone",
    "the number of the pull in the log never falls",
    "no release opens two pulls",
    "a stop that was obeyed stands in the log, whatever its file says by then",
)
LEASED = GENERATIONS, PROMOTED, MEASURED = (
    "a lease has as many decisions as generations at most, or one that was being concluded",
    "nobody is promoted above what the lease found and the gain it grants",
    "a champion that is measured above that ends the lease",
)


def explore(
    claims: Sequence[str], start: object, steps: Callable[[Any], Iterable[Step]]
) -> list[Finding]:
    """Breadth first, until there is no new state: the shortest path that breaks each claim."""
    began, broken = time.perf_counter(), dict[str, str]()
    seen, queue = {start}, deque([(start, list[str]())])
    while queue and not broken.keys() >= {*claims}:
        state, path = queue.popleft()
        for words, following, breaks in steps(state):
            broken |= {c: "; ".join([*path, words]) for c in breaks if c not in broken}
            if following not in seen:
                seen.add(following)
                queue.append((following, [*path, words]))
    took = time.perf_counter() - began
    return [Finding(claim, broken.get(claim), took) for claim in claims]


@cache
def latch(position: str, number: int, release: Pull | None = None, keys: int = 2) -> Latch:
    """A latch, with the signatures of so many keys on the release of a pull."""
    said = release and release_of(RUN, Latch(position=release[0], pull=release[1]))
    signatures = tuple(sign(key, brake.PURPOSE, said) for key in KEYS[:keys]) if said else ()
    return Latch(position=position, pull=number, signatures=signatures)


def record(kind: str, body: dict[str, Any]) -> Record:
    return Record(index=0, previous="", kind=kind, body=body, hash="")


@cache
def heeded(log: Pull, files: tuple[File, ...], signalled: bool) -> tuple[list[Pull], bool] | None:
    """What the real warden logs when it finds these files one by one, and whether it stopped.

    None where it still waits for the brake to be released when there are no more.
    """
    records = [record("run", {"exam_commitment": RUN}), record("brake", latch(*log).to_json())]
    book = SimpleNamespace(records=records)
    book.append = lambda kind, body: records.append(record(kind, body))
    known, found = len(records), iter([latch(*file) for file in files])
    stopped = False
    with ExitStack() as stack:
        for module, name in [(brake, "read_latch"), (heed, "read_latch")]:
            stack.enter_context(patch.object(module, name, lambda _folder: next(found)))
        for name in ("signal_all", "kill_everything"):
            stack.enter_context(patch.object(brake, name))
        stack.enter_context(patch.object(brake, "descendants", lambda _root: []))
        stack.enter_context(patch.object(brake, "_WATCH", 0))
        law = [SimpleNamespace(authority=AUTHORITY, texts=None)]
        stack.enter_context(patch.object(heed, "read_constitutions", lambda _folder: law))
        stack.enter_context(patch.object(heed, "Policy", lambda _texts: POLICY))
        pulls: list[Latch] = []
        try:
            if signalled:
                with heed.listening(FOLDER, book, pulls):
                    signal.raise_signal(brake.PULL)
            else:
                heed.heed_brake(book, FOLDER)
        except StopIteration:
            return None
        except Braked:
            stopped = True
        heed.note_pulls(book, FOLDER, pulls)  # as `server.serve` does, also after a stop
    noted = [logged_latch(records[:number]) for number in range(known, len(records) + 1)]
    return [(each.position, each.pull) for each in noted], stopped


def turns(state: tuple[Pull, frozenset[Pull], frozenset[Pull]]) -> Iterator[Step]:
    """From (what the log says, releases signed, releases used): every step, by every file."""
    log, signed, used = state
    if log[0] != "running":
        yield f"the authority signs for {log}", (log, signed | {log}, used), set()
    plain: list[File] = [(position, number, None) for position in POSITIONS for number in NUMBERS]
    files = plain + [("running", number, release) for release in signed for number in NUMBERS]
    ways = [(False, (file,)) for file in files]
    if log[0] == "running":
        ends = [("running", 0, None), None]  # after a stop, the file is gone, or as it was
        for file in files:
            paused = [(file, other) for other in files] if file[0] == "paused" else [(file,)]
            ways += [(True, (*way, end or way[-1])) for way in paused for end in ends]
    for signalled, way in ways:
        if (outcome := heeded(log, way, signalled)) is None:
            continue
        noted, stopped = outcome
        breaks, opened = set[str](), set[Pull]()
        for (before, number), (position, now) in pairwise(noted):
            if now < number:
                breaks.add(RISES)
            if POSITIONS.index(position) < POSITIONS.index(before):
                opened.add((before, number))
                if position != "running" or now != number or (before, number) not in signed:
                    breaks.add(QUORUM)
        if opened & used:
            breaks.add(ONCE)
        if stopped and noted[-1][0] == "running":
            breaks.add(STOPS)
        words = f"{'a signal' if signalled else 'a start'} finds {way}: logged {noted[1:]}"
        if noted[-1][1] in NUMBERS:
            yield words, (noted[-1], signed, used | opened), breaks


def model(p: Any, n: Any, to: Any, number: Any, quorum: Any, mended: bool) -> tuple[Any, Any]:
    """`checked` for Z3: from position p of pull n; `mended` gives each tightening a new number."""
    least = z3.If(p == 0, n + 1, n) if mended else n
    least = z3.If(to == 0, n, least)
    tight, loose = to >= p, z3.And(to == 0, number == n, quorum)
    raised = z3.If(number > least, number, least)
    return z3.If(tight, to, z3.If(loose, z3.IntVal(0), p)), z3.If(tight, raised, n)


@cache
def is_mended() -> bool:
    """Which of the two models the real `checked` is; ValueError where it is neither."""
    fits = {True, False}
    for p, n, to, number in product(range(3), NUMBERS, range(3), NUMBERS):
        for release, keys in [(None, 2), *product(PULLS, (1, 2))]:
            found = latch(POSITIONS[to], number, release, keys)
            real = checked(latch(POSITIONS[p], n), found, RUN, AUTHORITY)
            good = z3.BoolVal(release == (POSITIONS[p], n) and keys == 2)
            for mended in list(fits):
                said = model(*map(z3.IntVal, (p, n, to, number)), good, mended)
                place, count = (z3.simplify(each).as_long() for each in said)
                if (POSITIONS[place], count) != (real.position, real.pull):
                    fits.discard(mended)
    (which,) = fits
    return which


def proved(claim: str, *goals: z3.BoolRef) -> Finding:
    """Whether each goal holds for whatever values its variables have."""

    def examples() -> Iterator[str | None]:
        for goal in goals:
            solver = z3.Solver()
            solver.add(z3.Not(goal))
            found = solver.model() if solver.check() != z3.unsat else []
            yield ", ".join(sorted(f"{name} = {found[name]}" for name in found))

    return check(f"{claim}, whatever the numbers", examples())


def induction() -> list[Finding]:
    """One step of `checked`, then of a lease, from any state in which the invariant holds."""
    p, n, to, number, place, m = z3.Ints("position pull to number place m")
    quorum, signed, opened, pending = z3.Bools("quorum signed opened pending")
    now, count = model(p, n, to, number, quorum, is_mended())
    there, loosened = z3.And(p == place, n == m), now < p  # of one pull m at one place, any

    def known(p: Any, n: Any, signed: Any, opened: Any) -> z3.BoolRef:
        spent = z3.And(signed, z3.Or(m < n, p == 0))
        return z3.And(z3.Implies(signed, m <= n), z3.Implies(opened, spent))

    some = z3.And(p >= 0, p <= 2, to >= 0, to <= 2, place >= 1, place <= 2)
    some = z3.And(some, known(p, n, signed, opened), z3.Implies(z3.And(there, quorum), signed))
    g, most, fresh = z3.Ints("decided generations granted")
    top = z3.If(most > 1, most, 1)
    fits = z3.And(g <= top, z3.Implies(pending, g < top), most >= 0)
    return [
        proved(
            QUORUM,
            z3.Implies(z3.And(some, loosened), z3.And(quorum, number == n, now == 0, to == 0)),
        ),
        proved(RISES, z3.Implies(some, count >= n)),
        proved(
            ONCE,
            z3.Implies(some, known(now, count, signed, z3.Or(opened, z3.And(loosened, there)))),
            z3.Implies(z3.And(some, there, p > 0), known(p, n, True, opened)),  # it is signed
            z3.Implies(some, z3.Not(z3.And(opened, loosened, there))),
        ),
        proved(
            GENERATIONS,
            z3.Implies(z3.And(fits, g < most), g < top),  # an examination begins
            z3.Implies(z3.And(fits, pending), g + 1 <= top),  # and is concluded
            z3.Implies(fresh >= 0, z3.If(fresh > 1, fresh, 1) > 0),  # under the next lease, too
        ),
    ]


def desk(standing: Standing, lease: Any, *, set_back: bool = False) -> Gate:
    """A real gate and a real law without files, under a lease of which 1 of everything is used."""
    law, gate = Law.__new__(Law), Gate.__new__(Gate)
    rates = SimpleNamespace(flop_per_cpu_second=1, joules_per_cpu_second=1)
    law.constitution = SimpleNamespace(limits=rates, id="in force", said={"expires": math.inf})
    law.meter = SimpleNamespace(cpu=1, seconds=1, was_set_back=set_back)
    law.policy, law._mode, law._lease, law._since = POLICY, "formal", lease, (0, 0)
    law._look = lambda now: []
    gate._law, gate._standing = law, standing
    return gate


def unleased() -> Iterator[str | None]:
    """Acts of the engine that a lease lets through though used up, or stops though it is not."""
    best = {"tier": 1, "escapes": 0, "level": 1, "wall": 1, "foreign": 0, "worse": 0}
    best |= {"gain": 0, "granted": 0, "precision": 10_000, "variety": 1000}
    acts = read_schema(shipped()["schema.cedarschema"])
    for held, outgrown, set_back, over, *spent in product((True, False), repeat=8):
        names = ("generations", "flop", "seconds", "joules")
        left = {name: 2 - used for name, used in zip(names, spent, strict=True)}
        allowance = Allowance(**left, gain=0)
        expires = 0 if over else math.inf
        lease = SimpleNamespace(allowance=allowance, expires=expires, constitution="in force")
        standing = Standing(walls={}, frontiers={}, generations=1, outgrown=outgrown)
        gate = desk(standing, lease if held else None, set_back=set_back)
        good = held and not any((outgrown, set_back, over, *spent))
        for act, (asker, context) in acts.items():
            facts = {name: best.get(name, True) for name in context if "." not in name}
            if asker == "Engine":
                allowed = gate.decide(act, **facts)["allowed"]
                wrong = allowed != (good or act in {"claim", "final", "finish"})
                words = f"{act} is {'allowed' if allowed else 'denied'} with {left}"
                yield f"{words}, {held=}, {over=}, {outgrown=}, {set_back=}" if wrong else None


def leases(state: tuple[Any, ...]) -> Iterator[Step]:
    """From a standing: another lease, an examination that begins, its end in each possible way."""
    champion, frontier, base, outgrown, decided, generations, gain, pending = state
    granted = {"generations": generations, "gain": gain, "flop": 9, "seconds": 9, "joules": 9}
    standing = Standing(
        walls={"a": 1},
        frontiers={"a": frontier},
        champion=champion,
        base=base,
        outgrown=outgrown,
        generations=decided,
        allowance=Allowance(**granted),
        exams=1,
    )
    current = {"allowance": standing.allowance, "expires": math.inf, "constitution": "in force"}
    gate = desk(standing, SimpleNamespace(**current))

    def then(kind: str, body: dict[str, Any], pending: bool, words: str) -> Step:
        new = after(standing, record(kind, body))
        terms = new.allowance
        reached, bound = nats(new.frontiers, new.walls), new.base + terms.gain + 1e-9
        breaks = {GENERATIONS} if new.generations > max(1, terms.generations) else set[str]()
        if kind == "decision" and reached > bound:
            breaks |= {PROMOTED} if body["promoted"] else set() if new.outgrown else {MEASURED}
        place = (new.champion, new.frontiers["a"], new.base, new.outgrown, new.generations)
        return words, (*place, terms.generations, terms.gain, pending), breaks

    for most, nats_more in product((0, 1, 2), (0, 0.7)):
        terms = {**granted, "generations": most, "gain": nats_more}
        yield then("lease", {"allowance": terms}, pending, f"a lease of {most}, {nats_more} nats")
    if not pending and gate.decide("examine", lineage=True)["allowed"]:
        yield "an examination", (*state[:-1], True), set()
    measured = (1, 2, 4) if champion else (0,)
    for reached, again in product((1, 2, 4), measured) if pending else ():
        family = {"frontier": reached, "champion_frontier": again, "inferior": False}
        probes = {"right": 1, "wrong": 1, "refused": 0, "accepted": 0}
        body = {"exam": 1, "e_value": 9, "threshold": champion and 9, "probes": probes}
        body["families"] = {"a": family}
        law = gate.decide("promote", **facts_of_exam(standing, body)[0])
        body |= {"promoted": law["allowed"], "checkpoint": "c", "law": law}
        words = f"{'promoted' if law['allowed'] else 'denied'} at {reached}, champion at {again}"
        yield then("decision", body, False, words)


def findings() -> list[Finding]:
    """Every proposition."""
    nothing = frozenset[Pull]()
    return [
        *induction(),
        *explore(CLAIMS, (("running", 0), nothing, nothing), turns),
        check("without a lease that holds, the engine may claim, end and no more", unleased()),
        *explore(LEASED, (None, 1, 0.0, False, 0, 0, 0, False), leases),
    ]


if __name__ == "__main__":
    sys.exit(bool(report(findings())))
