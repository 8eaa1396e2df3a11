"""Chains, expressions, satisfaction, proofs, syllogisms and knights, each by a detour.

A chain is read from its end; an expression is left to Python's own grammar over NumPy's truth
values. All else is looked up in whole truth tables, whose columns are integers of one bit a row;
that serves up to some twenty unknowns.
"""

import re
from collections.abc import Iterable
from functools import reduce
from operator import and_, or_, xor
from typing import Any

import numpy as np

from third import same_text

Facts = dict[str, Any]
Statement = tuple[str, str, str]


def boolean_chain(facts: Facts) -> str:
    """What the last step that fixes the value fixes it to, turned over by each flip after it."""
    fixed = {("and", "0"): 0, ("or", "1"): 1, ("implies", "1"): 1}
    flips = 0
    for step in reversed(facts["steps"]):
        move = step["connective"], step["bit"]
        if move in fixed:
            return str(fixed[move] ^ flips)
        flips ^= move in (("xor", "1"), ("implies", "0"))
    return str(int(facts["start"]) ^ flips)


def boolean_expression(facts: Facts) -> str:
    """Python reads the expression: a truth value implies another where it is not above it."""
    source = facts["expression"].translate(str.maketrans({"!": "~", ">": "<="}))
    return str(eval(source, {"t": np.True_, "f": np.False_})).lower()


def columns(names: Iterable[str]) -> tuple[int, dict[str, int]]:
    """All rows of a truth table, and the rows in which each name is true.

    Row r is bit r of an integer; read as a binary number, r has the first name's value in front.
    """
    names = list(names)
    period = 1 << len(names)
    every = (1 << period) - 1
    true = {}
    for name in names:
        period //= 2
        true[name] = every // ((1 << period) + 1) << period
    return every, true


def first_row(rows: int, width: int) -> str:
    """The first of some rows, as bits."""
    return f"{(rows & -rows).bit_length() - 1:0{width}b}"


def satisfiability(facts: Facts) -> str:
    """The first row of the table in which every clause is true."""
    rows, true = columns(f"x{i}" for i in range(1, facts["variables"] + 1))
    literals = true | {f"not {name}": ~column for name, column in true.items()}
    for clause in facts["clauses"]:
        rows &= reduce(or_, (literals[literal] for literal in clause))
    return first_row(rows, facts["variables"]) if rows else "unsatisfiable"


def proof(facts: Facts) -> str:
    """Whether the goal is true in all rows in which the facts are true and the rules hold."""
    goal = facts["asked"].split()[1]
    rules = [(rule["if"], rule["then"]) for rule in facts["rules"]]
    atoms = {goal, *(atom for body, head in rules for atom in (*body, head))}
    rows, true = columns(atoms.difference(facts["facts"]))
    true |= dict.fromkeys(facts["facts"], rows)
    for body, head in rules:
        rows &= ~reduce(and_, (true[atom] for atom in body)) | true[head]
    return "no" if rows & ~true[goal] else "yes"


def implied(form: str, a: str, b: str) -> set[Statement]:
    """A statement about two groups with members, and what it implies about them."""
    return {
        "all": {("all", a, b), ("some", a, b), ("some", b, a)},
        "no": {("no", a, b), ("no", b, a), ("some not", a, b), ("some not", b, a)},
        "some": {("some", a, b), ("some", b, a)},
        "some not": {("some not", a, b)},
    }[form]


def written(form: str, a: str, b: str) -> str:
    """A statement in words."""
    return f"some {a} are not {b}" if form == "some not" else f"{form} {a} are {b}"


def conclusions(statements: list[Facts], first: str, last: str) -> set[Statement]:
    """All that must be true of two groups, from one Venn diagram of all groups.

    Its zones are the rows of a truth table. 'All' and 'no' leave zones empty; 'some', and that each
    group has a member, say that there is somebody in a place, a set of zones. Somebody must be in a
    region where a place has no other zones left.
    """
    zones, of = columns({name for s in statements for name in (s["subject"], s["predicate"])})
    places = list(of.values())
    for statement in statements:
        x, y = of[statement["subject"]], of[statement["predicate"]]
        match statement["form"]:
            case "all":
                zones &= ~x | y
            case "no":
                zones &= ~(x & y)
            case "some":
                places.append(x & y)
            case "some not":
                places.append(x & ~y)
    found: set[Statement] = set()
    for a, b in ((first, last), (last, first)):
        both, one = of[a] & of[b], of[a] & ~of[b]
        for region, empty, inhabited in ((both, "no", "some"), (one, "all", "some not")):
            if not zones & region:
                found.add((empty, a, b))
            if any(not zones & place & ~region for place in places):
                found.add((inhabited, a, b))
    return found


def syllogism(facts: Facts) -> set[str]:
    """The conclusion that implies all others, in each of its forms."""
    first, last = re.split("about | and |, in either order", facts["asked"])[1:3]
    found = conclusions(facts["statements"], first, last)
    strongest = {written(*one) for one in found if found <= implied(*one)}
    return strongest if found else {"nothing follows"}


def claimed(claim: Facts, is_knight: dict[str, int]) -> int:
    """The rows in which a claim is true."""
    about = [said.partition(" is a ") for said in claim["says"]]
    said = [is_knight[name] ^ -(kind == "knave") for name, _, kind in about]
    return {
        "": lambda a: a,
        "and": and_,
        "or": or_,
        "are of different kinds": xor,
        "are of the same kind": lambda a, b: ~(a ^ b),
    }[claim["joined by"]](*said)


def knights(facts: Facts) -> str | None:
    """The one row in which each is a knight just where the claim is true; None if not one."""
    people = facts["people"]
    rows, is_knight = columns(people)
    for claim in facts["claims"]:
        rows &= ~(is_knight[claim["by"]] ^ claimed(claim, is_knight))
    if rows.bit_count() != 1:
        return None
    kinds = [("knave", "knight")[int(bit)] for bit in first_row(rows, len(people))]
    return ", ".join(f"{name} is a {kind}" for name, kind in zip(people, kinds, strict=True))


TRUTHS = {
    "boolean_chain": boolean_chain,
    "boolean_expression": boolean_expression,
    "satisfiability": satisfiability,
    "proof": proof,
    "syllogism": syllogism,
    "knights": knights,
}
SAME = dict.fromkeys(TRUTHS, same_text) | {
    "syllogism": lambda truth, answer, facts: answer in truth,
}
