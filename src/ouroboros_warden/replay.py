"""Every decision of a run made again: the same facts must get the same answer from its articles.

Where the log holds what a fact was measured from, the fact is measured again, too: levels and
walls, evidence and inferior families, freshness, growth, lineage, what the audits found.
"""

from collections.abc import Iterator, Mapping, Sequence

from ouroboros_warden.audit import Record
from ouroboros_warden.canonical import Json
from ouroboros_warden.constitution import Constitution
from ouroboros_warden.folder import Config
from ouroboros_warden.policy import ENGINE, HUMAN, Policy
from ouroboros_warden.standing import (
    Standing,
    after,
    decide,
    facts_of_exam,
    reason_of,
    start_of,
)

HUMANS = {"grant", "release", "amend", "pull"}
_ACTIONS = {
    "claim": ("claim",),
    "data": ("data",),
    "exam": ("examine",),
    "decision": ("promote",),
    "final": ("final",),
    "end": ("finish",),
    "lease": ("grant",),
    "confinement": ("run",),
    "constitution": ("amend",),
    "brake": ("pull", "release"),
}
DECIDED = {"oracle", *_ACTIONS}  # kinds of records that tell of an act


def replay(
    records: Sequence[Record], constitutions: Sequence[Constitution], config: Config
) -> tuple[int, list[str]]:
    """How many decisions there are, and what is wrong with which."""
    policies = {c.version: Policy(c.texts) for c in constitutions}
    version, decisions, problems = 1, 0, list[str]()
    standing, exam = start_of(config), None
    for record in records:
        law = record.body.get("law")
        if law is not None:
            decisions += 1
            problems += [
                f"record {record.index}: {problem}"
                for problem in _wrong(record, exam, standing, config, policies[version])
            ]
        elif record.kind in DECIDED:
            problems.append(f"record {record.index}: nothing decided that it may be done")
        if record.kind == "constitution":
            version = record.body["version"]
        standing, exam = after(standing, record), record if record.kind == "exam" else exam
    return decisions, problems


def _wrong(
    record: Record, exam: Record | None, standing: Standing, config: Config, policy: Policy
) -> Iterator[str]:
    law = record.body["law"]
    action, context = law["action"], law["context"]
    verdict = policy.decide(action, context, HUMAN if action in HUMANS else ENGINE)
    if verdict.to_json() != {"allowed": law["allowed"], "by": law["by"]}:
        yield f"{action} was decided otherwise than the articles say"
    if law["allowed"] != _done(record):
        yield f"{action} was done although it was forbidden, or the reverse"
    if record.kind != "refused" and action not in _ACTIONS.get(record.kind, (_op(record),)):
        yield f"{record.kind} was decided as {action}"
    if exam and record.kind == "decision" and record.body["reason"] != _reason(exam.body, law):
        yield f"{action} has another reason than its facts"
    for name, fact in _measured(record, exam, standing, config).items():
        if context.get(name) != fact:
            yield f"{action} was decided with {name} = {context.get(name)}; it was {fact}"


def _reason(sat: Json, law: Json) -> str:
    return reason_of(decide(sat["e_value"], sat["threshold"], sat["families"]), law)


def _done(record: Record) -> bool:
    if record.kind == "decision":
        return record.body["promoted"]
    if record.kind == "confinement":  # it tells of a start that may not be made, too
        return record.body["law"]["allowed"]
    return record.kind != "refused"


def _op(record: Record) -> str:
    return record.body.get("op", "")


def _measured(
    record: Record, exam: Record | None, standing: Standing, config: Config
) -> Mapping[str, object]:
    """The facts that the log lets anybody measure again."""
    body = record.body
    if record.kind == "oracle":
        return {"level": body["level"], "wall": config.walls[body["family"]]}
    if record.kind == "data":
        newer = standing.taught is None or body["generation"] > standing.taught
        return {"lineage": newer}
    if record.kind == "exam":
        known = body["parent"] is None or body["parent"] in standing.champions
        taught = standing.taught is not None and standing.taught <= body["generation"]
        return {"lineage": known and taught}
    if record.kind == "decision":
        sat = exam.body if exam and exam.body["checkpoint"] == body["checkpoint"] else {}
        facts, report = facts_of_exam(standing, sat)
        return facts if report == body["growth"] else {**facts, "monitored": None}
    return {}


def promotions(records: Sequence[Record]) -> list[Json]:
    """Who was promoted, by which articles, on which evidence, in order."""
    return [
        {
            "generation": record.body["generation"],
            "checkpoint": record.body["checkpoint"],
            "by": record.body["law"]["by"],
            "context": record.body["law"]["context"],
            "record": record.index,
        }
        for record in records
        if record.kind == "decision" and record.body["promoted"]
    ]
