"""The audit: fresh items judged by a third route, and the judges judged by wrong answers.

    ouro bench data --json                    # every family: 3,000 items a domain, 10,000 mutants
    ouro bench data --only kinematics --json  # one family

Items are drawn half from the families' own problem makers and half from the judges' adversarial
ones, at the levels 1 to twice the wall. The third route (`bench/third`) sees what a stranger sees:
the facts of a row as JSON. It shares no code with the package and was written from the facts and
the questions alone. A label error is an item on which it finds another answer.

What is claimed: so many of these answers are right, with a 95 % upper bound on the share of wrong
ones (Clopper and Pearson). What is not: that the questions are well put or that they teach well.

Mutants are right solutions and answers made wrong; a false accept is one that a judge takes. False
rejects are right answers in another form (`ouroboros.testing.fuzz.equivalents`) that it refuses.
Fuzzed strings must neither crash a judge nor be accepted nor take it longer than 50 ms.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from scipy.stats import beta

sys.path.insert(0, str(Path(__file__).resolve().parent))
from third import SAME, TRUTHS

from ouroboros.envs import load_families
from ouroboros.testing.fuzz import equivalents, is_written_as, noise, wrong_answer, wrong_lines
from ouroboros_judges.answers import load_answers

HUMAN_MADE = (  # the first two were checked at their sources; the others are as they were reported
    ("GSM8K test", "8.3 % removed as badly written (110 of 1,319)", "madrylab/gsm8k-platinum"),
    ("MMLU", "6.49 %, estimated from 5,700", "arXiv 2406.04127"),
    ("Omni-MATH", "14.6 % needed edits, 5.6 % cannot be verified, of 4,428", "arXiv 2601.19532"),
    ("HLE, biology and chemistry", "29 +- 3.7 % conflict with literature", "FutureHouse 2025"),
    ("ten test sets, ImageNet among them", "3.3 % on average", "Northcutt et al. 2021"),
    ("Texas textbooks of mathematics, 2007", "109,263 errors in six publishers' books", "AP 2007"),
)


@dataclass(slots=True, kw_only=True)
class Row:
    """What was found of a family."""

    domain: str
    audited: int = 0
    label_errors: int = 0
    mutants: int = 0
    false_accepts: int = 0
    equivalents: int = 0
    false_rejects: int = 0
    fuzzed: int = 0
    crashes: int = 0
    accepted_noise: int = 0
    slowest_ms: float = 0.0
    verified_per_second: float = 0.0


def upper95(errors: int, trials: int) -> float:
    """The one-sided 95 % bound of Clopper and Pearson on a share."""
    return 1.0 if errors >= trials else float(beta.ppf(0.95, errors + 1, trials - errors))


def is_right_by_chance(text: str, lines: Sequence[str], right: str) -> bool:
    """Whether a random text is the solution, or the answer or its value in some notation."""
    if text.split("\n") == list(lines) or is_written_as(text, right):
        return True
    whole, _, part = text.strip(" \n").replace("\u2212", "-").rpartition("+")
    try:
        value = Fraction(part) + (Fraction(whole) if whole else 0)
        return value == Fraction(right.replace("\u2212", "-"))
    except (ValueError, ZeroDivisionError):
        return False


class Audit:
    """One family under audit; `complaints` collects the first few findings."""

    def __init__(self, name: str, seed: int) -> None:
        self.family, self.answers = load_families([name])[name], load_answers([name])[name]
        self.rng, self.seed, self.complaints = random.Random(f"{name}/{seed}"), seed, []
        self.row = Row(domain=self.family.domain)

    def complain(self, what: str, *parts: Any) -> None:
        """Keep a finding for the report."""
        if len(self.complaints) < 5:
            self.complaints.append([what, *(str(part)[:300] for part in parts)])

    def prompts(self, count: int) -> list[str]:
        """Fresh problems, half adversarial, spread over the levels."""
        levels = range(1, 2 * self.family.wall + 1)
        found: list[str] = []
        for i, level in enumerate(levels):
            share = count // len(levels) + (i < count % len(levels))
            tasks = self.family.propose(level, self.seed, share - share // 2)
            found += [task.prompt for task in tasks]
            found += self.answers.adversarial(level, self.seed, share // 2)
        return found

    def labels(self, prompts: list[str]) -> None:
        """Have every solution verified, and its answer found by the third route."""
        began = time.perf_counter()
        found = list(zip(prompts, self.answers.references(prompts), strict=True))
        self.row.verified_per_second = round(len(prompts) / (time.perf_counter() - began), 1)
        for prompt, lines in found:
            if lines is None:
                self.complain("the two routes disagree", prompt)
        solved = [(prompt, lines) for prompt, lines in found if lines is not None]
        name = self.family.name
        for prompt, lines in solved:
            facts = json.loads(json.dumps(self.family.facts(prompt)))
            answer = self.family.read(prompt, lines)[-1]
            truth = TRUTHS[name](facts)
            self.row.audited += 1
            if not SAME.get(name, SAME["number"])(truth, answer, facts):
                self.row.label_errors += 1
                self.complain("label error", prompt, answer, truth)

    def mutants(self, prompts: list[str], count: int) -> None:
        """Right solutions and answers made wrong, and right answers in another form."""
        for i in range(count):
            prompt = prompts[i % len(prompts)]
            lines = self.answers.solve(prompt)
            right = self.family.read(prompt, lines)[-1]
            if i % 2:
                wrong = wrong_answer(self.rng, right)
                accepted = self.answers.accepts(prompt, wrong)
            else:
                wrong = wrong_lines(self.rng, lines)
                accepted = self.answers.verify(prompt, wrong).correct
            self.row.mutants += 1
            self.row.false_accepts += accepted
            if accepted:
                self.complain("false accept", prompt, right, wrong)
        for prompt in prompts:
            right = self.family.read(prompt, self.answers.solve(prompt))[-1]
            for form in equivalents(right, is_number=self.family.name not in SAME):
                self.row.equivalents += 1
                if not self.answers.accepts(prompt, form):
                    self.row.false_rejects += 1
                    self.complain("false reject", prompt, form)

    def fuzz(self, prompts: list[str], count: int) -> None:
        """Random strings as answers and as lines."""
        for prompt in prompts[:50]:  # what is kept at hand, and libraries loaded once
            self.answers.accepts(prompt, "1 m")
        prompts = prompts[:50]
        for i in range(count):
            text, prompt = noise(self.rng), prompts[i % len(prompts)]
            began = time.perf_counter()
            try:
                if i % 2:
                    accepted = self.answers.accepts(prompt, text)
                else:
                    accepted = self.answers.verify(prompt, text.split("\n")).correct
            except Exception as error:  # noqa: BLE001 that none is raised is what is measured
                self.row.crashes += 1
                self.complain("crash", prompt, ascii(text), repr(error))
                accepted = False
            took = 1000 * (time.perf_counter() - began)
            self.row.slowest_ms = max(self.row.slowest_ms, round(took, 3))
            self.row.fuzzed += 1
            if accepted and not self.is_right(prompt, text):
                self.row.accepted_noise += 1
                self.complain("accepted noise", prompt, ascii(text))

    def is_right(self, prompt: str, text: str) -> bool:
        """Whether a random text happens to solve a problem."""
        lines = self.answers.solve(prompt)
        return is_right_by_chance(text, lines, self.family.read(prompt, lines)[-1])


def summary(rows: dict[str, Row], complaints: dict[str, list[Any]]) -> dict[str, Any]:
    """All figures, by family, by domain and altogether."""
    domains: dict[str, Counter[str]] = {}
    for row in rows.values():
        counts = domains.setdefault(row.domain, Counter())
        counts.update(audited=row.audited, label_errors=row.label_errors)
    totals = {
        key: sum(getattr(row, key) for row in rows.values())
        for key in ("audited", "label_errors", "mutants", "false_accepts", "equivalents",
                    "false_rejects", "fuzzed", "crashes", "accepted_noise")
    }  # fmt: skip
    return {
        **totals,
        "upper95": upper95(totals["label_errors"], totals["audited"]),
        "slowest_ms": max(row.slowest_ms for row in rows.values()),
        "domains": {
            name: {**counts, "upper95": upper95(counts["label_errors"], counts["audited"])}
            for name, counts in domains.items()
        },
        "families": {name: asdict(row) for name, row in rows.items()},
        "findings": complaints,
        "human_made": [dict(zip(("set", "errors", "source"), x, strict=True)) for x in HUMAN_MADE],
    }


def main() -> None:
    """Audit every family that has a third route."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=3000, help="at least so many a domain")
    parser.add_argument("--mutants", type=int, default=10_000, help="a family")
    parser.add_argument("--fuzzed", type=int, default=100_000, help="a family")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", help="names of families")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    families = load_families(arguments.only)
    sizes = Counter(family.domain for family in families.values())
    rows, complaints = {}, {}
    for name, family in families.items():
        audit = Audit(name, arguments.seed)
        prompts = audit.prompts(max(100, -(-arguments.items // sizes[family.domain])))
        audit.labels(prompts)
        audit.mutants(prompts, arguments.mutants)
        audit.fuzz(prompts, arguments.fuzzed)
        rows[name] = audit.row
        if audit.complaints:
            complaints[name] = audit.complaints
        print(json.dumps({name: asdict(audit.row)}), file=sys.stderr, flush=True)
    print(json.dumps(summary(rows, complaints)))


if __name__ == "__main__":
    main()
