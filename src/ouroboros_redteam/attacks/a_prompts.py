"""Class A, prompts: nearly ours, of other families, of scenes that cannot be; all the walls."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from ouroboros_redteam.attack import Benign, Inside, asked
from ouroboros_redteam.attacks.a_answers import RIGHT, SCRIPTS
from ouroboros_redteam.engine import Engine
from ouroboros_redteam.papers import (
    Claim,
    Problem,
    accepted,
    denied,
    families,
    level_in,
    problems,
    refused,
)

DOMAINS = ("mathematics", "physics", "logic")
GUESSES = [[guess] for guess in ("", "0", "1", "no", "unsat", "inf", "t", "k", "x=0,y=0")]
SCENES = {
    "kinematics": ("u0a3t2v?", "u5a0t2v?", "u5a3t0v?", "u-5a3t2v?"),
    "braking": ("u5v5t2s?", "u2v5t2s?"),
    "projectile": ("h1u1t9y?",),
    "collision": ("m1u5n1w5v?", "m0u5n1w2v?", "m1u2n1w5v?"),
    "elastic_collision": ("u0w5b?", "u5w0b?"),
    "incline": ("w5h0f1s5a?", "w5h5f1s5a?"),
    "momentum": ("m0u1n2v3k4w5p?",),
    "rocket": ("f1n2m9r?", "f5n2m1r?"),
    "circuit": ("R?", "0+0R?", "1+0R?", "(1R?", "1|R?", "0V1I?", "((1+1))R?"),
    "series_circuit": ("i0r1r1r1u?",),
    "orbit": ("t1a1^2t?", "t1a0^2t?"),
    "heat": ("m0c2k1d2q?", "m1c2k1d0q?"),
    "mixing": ("m3t7m7t7t?", "m7t9m7t2t?", "m8t9m2t1t?"),
    "buoyancy": ("v5b2f3w?", "v5b3f3w?", "v0b3f2w?"),
    "lever": ("l5a0l5a1r2f?", "l5a1l5a1r0f?"),
    "torque": ("l1a1l1a1r9a9m?", "l1a1l1a1r2a1m?"),
    "lens": ("f5u5v?", "f9u5v?", "f0u5v?"),
    "linear_equation": ("2x+9=4", "0x+9=9", "2x+9=9"),
    "linear_system": ("2x+4y=6;4x+8y=12", "2x+4y=6;4x+8y=13", "2x+2y=1;2x+3y=9"),
    "factoring": ("x^2+x+1=", "x^2+1=", "x^2-3x-683="),
    "integral": ("int(x)dx=", "int(5)dx="),
    "derivative": ("(5)'=", "(x)'="),
    "sequences": ("a5,5,5?", "g5,5,5?", "a9,5,1?", "q1,1,1,1?"),
    "gcd": ("gcd(0,0)=", "gcd(5,0)="),
    "division": ("5/0=", "0/5="),
    "long_division": ("5/00=", "5/0="),
    "modulus": ("5%0=",),
    "fractions": ("1/0+1/2=", "|1/2-1/2|="),
    "binomial": ("C(1,5)=", "C(3,5)=", "C(5,0)="),
    "determinant": ("|1,2;3|=", "||=", "|1,2|="),
    "lattice_paths": ("#./..?", ".#/#.?", "./?"),
    "knights": ("a:!a,b:a?", "a:a,b:b?", "a:b,b:a?", "a:!b,b:!a?", "a:c,b:a?"),
    "proof": ("a,a>b:z?", "a,a>a:a?", "a,a>b:a?"),
    "satisfiability": ("+999999?", "+1,-1?", "+1+2+3?", "+1+1?"),
    "maze": ("S./..=", "SS/EE=", "S#/#E=", "E./..=", "S./.E/..="),
    "shortest_path": ("a1b,c1d=", "a1a=", "a1b,a2b="),
    "syllogism": ("n=", "="),
    "boolean_expression": ("(t&)=", "()=", "!!t=", "t&t="),
    "stack_program": ("1pppp=", "1a="),
}


def _asked(engine: Engine, changed: Callable[[Problem], Sequence[str]]) -> object:
    """The right lines of a problem handed in for changed prompts."""
    claims = (
        Claim(problem.family, problem.level, prompt, [problem.lines])
        for problem in problems(engine)
        for prompt in changed(problem)
        if prompt != problem.prompt
    )
    return denied(engine, claims)


def _leading_zero(problem: Problem) -> list[str]:
    return [re.sub("[0-9]+", r"0\g<0>", problem.prompt, count=1)]


def _in_scripts(problem: Problem) -> list[str]:
    return [problem.prompt.translate(table) for table in SCRIPTS[:2]]


def _ends(problem: Problem) -> list[str]:
    return [problem.prompt + end for end in ("\x00", "\n", "\u200b")]


def _level_lie(engine: Engine) -> object:
    """A problem past the wall under the name of the wall."""
    claims = (
        Claim(name, family.wall, family.propose(family.wall + 1, 1, 1)[0].prompt, [["1"]])
        for name, family in families().items()
    )
    return denied(engine, claims)


def _other_family(engine: Engine) -> object:
    """The prompt of another family, with lines that are right there."""
    first, *rest = problems(engine)
    claims = (
        Claim(name, other.level, other.prompt, [other.lines])
        for name, other in zip(families(), [*rest, first], strict=True)
        if not level_in(name, other.prompt)
    )
    return denied(engine, claims)


def _scenes(engine: Engine, domain: str) -> object:
    """Scenes of a domain that cannot be, or are no problem; most are no prompts."""
    claims = (
        Claim(name, level_in(name, scene) or 1, scene, GUESSES)
        for name in _of(domain)
        for scene in SCENES.get(name, ())
    )
    return denied(engine, claims)


def _of(domain: str) -> list[str]:
    return [name for name, family in families().items() if family.domain == domain]


def _example(engine: Engine, name: str, past: int) -> object:
    """A worked example so many levels past a family's wall."""
    return engine.warden.examples(engine.key(), name, families()[name].wall + past, 1, seed=1)


def _verdict(engine: Engine, name: str) -> object:
    """A verdict on a guess one level past a family's wall."""
    level = families()[name].wall + 1
    prompt = families()[name].propose(level, 1, 1)[0].prompt
    return engine.warden.verify(engine.key(), name, level, [prompt], [["1"]])


def _past_walls(engine: Engine, domain: str) -> object:
    return refused(partial(_example, engine, name, past=1) for name in _of(domain))


def _verdicts(engine: Engine, domain: str) -> object:
    return refused(partial(_verdict, engine, name) for name in _of(domain))


def _at_walls(engine: Engine, domain: str) -> int:
    return len([_example(engine, name, past=0) for name in _of(domain)])


def _prompt(number: int, title: str, attempt: Callable[[Engine], object]) -> Inside:
    return asked(f"A5.{number}", title, attempt, RIGHT, "4", "formal", wide=True)


def _changed(number: int, title: str, changed: Callable[[Problem], Sequence[str]]) -> Inside:
    return _prompt(number, title, lambda engine: _asked(engine, changed))


def _example_read(number: int, domain: str) -> Inside:
    return asked(
        f"A5.{number}",
        f"read examples of any family of {domain} past its wall in self mode",
        lambda e: _past_walls(e, domain),
        Benign(f"read examples of {domain} at the walls", lambda e: _at_walls(e, domain)),
        "4",
        wide=True,
    )


def _verdict_read(number: int, domain: str) -> Inside:
    return asked(
        f"A5.{number}",
        f"read verdicts on any family of {domain} past its wall in self mode",
        lambda e: _verdicts(e, domain),
        Benign(f"read verdicts on {domain} in formal mode", lambda e: accepted(e, _of(domain))),
        "4",
        twin_mode="formal",
        wide=True,
    )


def _scene_judged(number: int, domain: str) -> Inside:
    title = f"have scenes of {domain} judged that cannot be"
    return _prompt(number, title, lambda engine: _scenes(engine, domain))


ATTACKS: list[Inside] = [
    _changed(36, "have leading zeros read in prompts of all families", _leading_zero),
    _changed(37, "have prompts of all families read in other scripts", _in_scripts),
    _changed(38, "have nulls and line breaks read behind prompts of all families", _ends),
    _changed(39, "have prompts of all families read twice in one", lambda p: [p.prompt * 2]),
    _prompt(40, "have problems past the wall judged under the wall's level", _level_lie),
    _prompt(41, "have prompts judged by another family", _other_family),
    *(_scene_judged(number, domain) for number, domain in enumerate(DOMAINS, start=42)),
    *(_example_read(number, domain) for number, domain in enumerate(DOMAINS, start=45)),
    *(_verdict_read(number, domain) for number, domain in enumerate(DOMAINS, start=48)),
]
