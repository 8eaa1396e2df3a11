"""The one door: every request of the engine is judged, acted upon and logged here, in order.

Rules
- The articles of the constitution decide every step (`policy`), on facts that the warden measured;
  the record of a step says which facts, and which articles allowed or forbade it.
- What the engine hands in is named by content; a name that its bytes do not deserve is refused.
- A successor is better when the judges' e-value exceeds 1/alpha_k and no family is marked
  inferior; alpha_k is a fixed share (`SPENT`) of what the examinations against a champion before
  the k-th have left of alpha, so that the run's lifetime never costs more than alpha. Whether the
  better one is promoted is for the articles to say: growth under a lease is bounded.
- While the evidence speaks for the successor but not loud enough, the examination goes on with
  another sitting of fresh items, up to `SITTINGS`: an e-value may be looked at after each.
- Whether the data that taught it drifted (too many labels wrong) or narrowed (less varied than
  the family's own problems) is for the articles, too, by the oracle's audit of each file.
- The engine learns one of six words of an examination: "better", "no evidence", "worse", "first",
  "drift" or "narrow". No figure crosses the door: less than three bits an examination, of which a
  lease grants so many.
- A refusal that concerns a step is logged; an error promotes nothing and ends the run.

A key that stands in the log is answered from the log, and a key that comes back with another
request is refused. The state below is a fold over the log, so a warden that starts again goes on
where the last one was killed: only the last record can be half a step, and it is completed first.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ouroboros_warden.audit import Log, Record
from ouroboros_warden.canonical import Json, canonical, content_id
from ouroboros_warden.errors import Denied, JudgeError, Refused
from ouroboros_warden.exam import Judges, Row, Sat, Sitting, exam_seed
from ouroboros_warden.folder import Config, Folder, check_checkpoint, check_data
from ouroboros_warden.law import Law, lease_line
from ouroboros_warden.messages import (
    Claim,
    Data,
    Examine,
    Examples,
    Final,
    Finish,
    Hello,
    Progress,
    Step,
    Verify,
    parse,
)
from ouroboros_warden.standing import (
    after,
    decide,
    facts_of_exam,
    last_step,
    reason_of,
    share_of_alpha,
    start_of,
    undecided,
)

REFUSALS = 1000  # of a run that are logged
COUNT_LIMIT = 100_000  # worked examples of one request
READ_LIMIT = 1 << 27  # of their levels added up: about as many characters
CLAIM_LIMIT = 1 << 20  # bytes
PROGRESS_LIMIT = 1 << 14  # bytes
SITTINGS = 4  # of one examination, at most

_ANSWERS = {"oracle", "claim", "audit", "decision", "final", "end"}  # kinds that end a step
_TOLD = {
    "better": "better",
    "no evidence of improvement": "no evidence",
    "first checkpoint": "first",
    "drift": "drift",
    "narrow": "narrow",
}  # reasons as the engine hears them, up to a colon; any other is "worse"

Tell = Callable[[str, Json], None]


class Gate:
    """Answers requests; `tell` shows events to whoever watches."""

    def __init__(
        self,
        folder: Folder,
        config: Config,
        secret: bytes,
        log: Log,
        judges: Judges,
        tell: Tell,
        law: Law,
    ) -> None:
        """Take up the run where its log stands, completing the last step if it was cut short."""
        self._folder = folder
        self._config = config
        self._secret = secret
        self._log = log
        self._judges = judges
        self._tell = tell
        self._law = law
        self._decision: Json = {}  # on the step that is being answered
        self._answered: dict[str, Record] = {}
        self._refusals: set[str] = set()
        self._standing = start_of(config)
        for record in log.records:
            self._absorb(record)
        self._complete()

    @property
    def over(self) -> bool:
        """Whether the log has its end."""
        return self._standing.over

    def answer(self, message: Json) -> Json:
        """The answer to one message.

        Raises:
            Refused: the answer is no; the log says so if it concerned a step.
            JudgeError, DiskFull: nothing was decided, and the run cannot go on.
        """
        try:
            request = parse(message)
            if isinstance(request, Hello):
                return self._greet()
            if isinstance(request, Progress):
                return self._show(request)
        except Refused as refusal:
            self.log_malformed(str(refusal))
            raise
        identity = content_id(message)
        self._decision = {}
        try:
            return self._act(request, identity)
        except Refused as refusal:
            self._decision = refusal.law if isinstance(refusal, Denied) else {}
            self._log_refusal(request, identity, str(refusal))
            raise

    def used_up(self) -> list[str]:
        """What of the lease there is nothing left of."""
        found = self._law.used_up(self._standing.generations)
        return [*found, "gain"] if self._standing.outgrown else found

    def decide(self, action: str, **facts: Any) -> Json:
        """The articles' word on an act of the engine: {"action", "context", "allowed", "by"}."""
        state = self._law.state(self._standing.generations, action)
        state["lease"] = state["lease"] and not self._standing.outgrown
        context = {"state": state, **facts}
        verdict = self._law.policy.decide(action, context)
        return {"action": action, "context": context, **verdict.to_json()}

    def why_not(self, decision: Json) -> str:
        """What forbids it, in words; where it is the lease, what to do about it."""
        if "5-lease" in decision["by"] and (used_up := self.used_up()):
            return lease_line(self._folder.root, used_up)
        return self._law.policy.sentence(decision["by"])

    def demand(self, action: str, **facts: Any) -> Json:
        """The decision; Denied, in the words of the article, where it is no."""
        self._decision = self.decide(action, **facts)
        if not self._decision["allowed"]:
            raise Denied(self.why_not(self._decision), self._decision)
        return self._decision

    def _act(self, request: Step, identity: str) -> Json:
        known = self._answered.get(request.key)
        if known and known.body["request"] != identity:
            raise Refused(f"key {request.key} was used for another request")
        if self.over and not known:
            raise Refused("the run is over")
        match request:
            case Examples() | Verify():
                return self._read_truth(request, identity, known)
            case _ if known:
                return _recall(known)
            case Claim():
                return self._claim(request, identity)
            case Data():
                return self._take_data(request, identity)
            case Examine():
                return self._examine(request, identity)
            case Final():
                return self._final(request, identity)
            case Finish():
                self.demand("finish")
                body = {"reason": request.reason, "secret": self._secret.hex()}
                return self._append("end", request.key, identity, body)

    def _greet(self) -> Json:
        return {
            "config": self._config.whole,
            "run_dir": str(self._folder.root),
            "head": self._log.head,
            "champion": self._standing.champion,
            "answered": sorted(self._answered),
        }

    def _show(self, request: Progress) -> Json:
        _limit(request.body, PROGRESS_LIMIT, "progress")
        self._tell("progress", request.body)
        return {}

    def _claim(self, request: Claim, identity: str) -> Json:
        _limit(request.body, CLAIM_LIMIT, "a claim")
        self.demand("claim")
        body = {"kind": request.kind, "body": request.body}
        return self._append("claim", request.key, identity, body)

    def _read_truth(self, request: Examples | Verify, identity: str, known: Record | None) -> Json:
        family, level = request.family, request.level
        body: Json = {"family": family, "level": level}
        if isinstance(request, Examples):
            rows = request.count
            self._check_reading(request, rows)
            truth = self._judges.oracle.examples(family, level, rows, request.seed)
            body |= {"op": "examples", "count": rows, "seed": request.seed}
        else:
            rows = len(request.prompts)
            self._check_reading(request, rows)
            if len(request.lines) != rows:
                raise Refused("as many solutions as prompts, please")
            truth = self._judges.oracle.verify(family, level, request.prompts, request.lines)
            body |= {"op": "verify", "count": rows}
        body["past_wall"] = rows if level > self._config.walls[family] else 0
        body["digest"] = content_id(truth)
        if known is None:
            self._append("oracle", request.key, identity, body)
        elif known.body["digest"] != body["digest"]:
            raise JudgeError(f"the oracle answers {request.key} otherwise than the log says")
        return truth

    def _check_reading(self, request: Examples | Verify, rows: int) -> None:
        wall = self._config.walls.get(request.family)
        if wall is None:
            raise Refused(f"no family {request.family} in this run")
        if request.level < 1 or rows > COUNT_LIMIT or request.level * max(1, rows) > READ_LIMIT:
            words = f"at most {COUNT_LIMIT} rows and {READ_LIMIT} levels of all rows together"
            raise Refused(f"levels begin at 1, and {words} are read at once")
        action = type(request).__name__.lower()
        self.demand(action, level=request.level, wall=wall)

    def _take_data(self, request: Data, identity: str) -> Json:
        path, found, size = check_data(self._folder, request.file)
        report = self._judges.oracle.audit(path, found, self._config.walls)
        taught = self._standing.taught
        newer = taught is None or request.generation > taught
        self.demand("data", lineage=newer, foreign=report["foreign"])
        body: Json = {"generation": request.generation, "file": request.file}
        self._append("data", request.key, identity, {**body, "id": found, "bytes": size})
        return self._log_audit(request.key, identity, report)

    def _log_audit(self, key: str, identity: str, report: Json) -> Json:
        self._tell("audit", {"key": key, "rows": report["rows"], "correct": report["correct"]})
        return self._append("audit", key, identity, report)

    def _examine(self, request: Examine, identity: str) -> Json:
        champion, taught = self._standing.champion, self._standing.taught
        known = request.parent is None or request.parent in self._standing.champions
        taught_before = taught is not None and taught <= request.generation
        self.demand("examine", lineage=known and taught_before)
        share = share_of_alpha(self._config.alpha, self._standing.duels + 1)
        body: Json = {
            "generation": request.generation,
            "checkpoint": request.checkpoint,
            "parent": request.parent,
            "champion": champion,
            "exam": self._standing.exams + 1,
            "items": self._config.items,
            "threshold": 1 / share if champion else None,
        }
        self._tell("exam_start", body)
        result = self._hold(champion, request.checkpoint, body["threshold"])
        self._append("exam", request.key, identity, {**body, **result})
        return self._conclude(self._log.records[-1])

    def _hold(self, champion: str | None, successor: str, threshold: float | None) -> Json:
        """One examination: a sitting, and more as long as it is undecided; all counts together."""
        sat, number = Sat(), 0
        while True:
            number += 1
            sitting = self._sitting(champion, successor, full=False, number=number)
            sat += self._judges.examiners.sit(sitting)
            weighed = self._weigh(sitting, sat.rows)
            if number == SITTINGS or not undecided(weighed["e_value"], threshold):
                counts = {"rows": sat.rows, "flop": sat.flop, "probes": sat.probes}
                return {**counts, "sittings": number, **weighed}

    def _conclude(self, exam: Record) -> Json:
        body = exam.body
        ruling = decide(body["e_value"], body["threshold"], body["families"])
        facts, report = facts_of_exam(self._standing, body)
        law = self._decision = self.decide("promote", **facts)
        decision: Json = {name: body[name] for name in ("generation", "checkpoint", "champion")}
        decision |= {
            "promoted": ruling.promoted and law["allowed"],
            "reason": reason_of(ruling, law),
            "families": body["families"],
            "growth": report,
        }
        self._append("decision", body["key"], body["request"], decision)
        self._tell("decision", {**decision, "exam": body["exam"], "e_value": body["e_value"]})
        return _recall(self._log.records[-1])

    def _final(self, request: Final, identity: str) -> Json:
        champion = self._standing.champion
        if champion is None:
            raise Refused("there is no champion to examine")
        self.demand("final")
        sitting = self._sitting(None, champion, full=True)
        number = self._standing.exams + 1
        self._tell("exam_start", {"exam": number, "checkpoint": champion, "full": True})
        sat = self._judges.examiners.sit(sitting)
        families: Json = {name: {"levels": []} for name in sitting.families}
        for name, family in self._weigh(sitting, sat.rows)["families"].items():
            kept = {figure: family[figure] for figure in ("frontier", "accuracy", "lower95")}
            families[name] |= {"wall": self._config.walls[name], **kept}
        for row in sat.rows:
            families[row.family]["levels"].append([row.level, row.items, row.successor_correct])
        body = {"checkpoint": champion, "exam": number, "flop": sat.flop}
        body |= {"probes": sat.probes}
        self._tell("final", {**body, "families": families})
        return self._append("final", request.key, identity, {**body, "families": families})

    def _sitting(
        self, champion: str | None, successor: str, *, full: bool, number: int = 1
    ) -> Sitting:
        frontiers = self._standing.frontiers
        walls = self._config.walls.items()
        return Sitting(
            champion=check_checkpoint(self._folder, champion) if champion else None,
            successor=check_checkpoint(self._folder, successor),
            families={n: {"wall": wall, "frontier": frontiers[n]} for n, wall in walls},
            seed=exam_seed(self._secret, self._standing.exams + 1, number),
            items=self._config.final_items if full else self._config.items,
            full=full,
        )

    def _weigh(self, sitting: Sitting, rows: Sequence[Row]) -> Json:
        return self._judges.examiners.weigh(sitting, rows, self._config.alpha, self._config.margin)

    def _append(self, kind: str, key: str, identity: str, body: Json) -> Json:
        law = {"law": self._decision} if self._decision else {}
        self._decision = {}
        self._absorb(self._log.append(kind, {**body, **law, "key": key, "request": identity}))
        return {}

    def _absorb(self, record: Record) -> None:
        self._standing = after(self._standing, record)
        if record.kind in _ANSWERS:
            self._answered[record.body["key"]] = record
        if record.kind == "refused":
            self._refusals.add(record.body.get("request", ""))

    def _complete(self) -> None:
        last = last_step(self._log.records)
        if last.kind == "exam":
            self._conclude(last)
        elif last.kind == "data":
            path, _, _ = check_data(self._folder, last.body["file"])
            report = self._judges.oracle.audit(path, last.body["id"], self._config.walls)
            self._log_audit(last.body["key"], last.body["request"], report)

    def log_malformed(self, reason: str) -> None:
        """Have the log say, once for each reason, that something was no request at all."""
        self._refuse("", content_id({"malformed": reason}), "malformed", reason)

    def _log_refusal(self, request: Step, identity: str, reason: str) -> None:
        self._refuse(request.key, identity, type(request).__name__.lower(), reason)

    def _refuse(self, key: str, identity: str, kind: str, reason: str) -> None:
        """Log a refusal, but not the same twice, nor more than so many of a flood."""
        if identity in self._refusals or len(self._refusals) >= REFUSALS or self.over:
            return
        if len(self._refusals) == REFUSALS - 1:
            kind, reason = "flood", f"{REFUSALS} refusals; no more of them are logged"
        self._tell("refused", {"key": key, "reason": reason})
        self._append("refused", key, identity, {"type": kind, "reason": reason})


def _recall(record: Record) -> Json:
    if record.kind != "decision":
        return {}
    kind = str(record.body["reason"]).partition(":")[0]
    return {"promoted": record.body["promoted"], "reason": _TOLD.get(kind, "worse")}


def _limit(body: Json, limit: int, what: str) -> None:
    if len(canonical(body)) > limit:
        raise Refused(f"{what} may have {limit} bytes")
