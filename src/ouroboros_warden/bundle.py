"""A proof bundle: all that shows to a stranger that one generation was decided by the law.

It holds the constitution with its signatures, the lease, the generation's records, the signed head
of the log and, for each record, the proof that it stands under that head; and that the head
continues the one of the generation before. Whoever knows the authority's public keys can check it
offline, without the run's folder, and decide every request again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ouroboros_warden.audit import Record, read_log, read_objects
from ouroboros_warden.canonical import Json, content_id
from ouroboros_warden.constitution import PURPOSE, Constitution
from ouroboros_warden.errors import UsageError, WardenError
from ouroboros_warden.folder import Folder
from ouroboros_warden.heads import is_signed
from ouroboros_warden.keys import Authority, demand_quorum
from ouroboros_warden.law import leases_taken_up, read_constitutions, version_of
from ouroboros_warden.lease import PURPOSE as GRANTED
from ouroboros_warden.lease import Lease
from ouroboros_warden.merkle import consistency_proof, inclusion_proof, is_consistent, is_included
from ouroboros_warden.policy import ENGINE, HUMAN, Policy
from ouroboros_warden.replay import HUMANS


def bundles(folder: Folder) -> Iterator[Json]:
    """The bundle of every generation that was decided, in order."""
    records, heads = read_log(folder.records), read_objects(folder.heads)
    leaves = [record.leaf() for record in records]
    history = read_constitutions(folder)
    taken = leases_taken_up(folder, records)
    before: Json | None = None
    for decision in (record for record in records if record.kind == "decision"):
        head = next((each for each in heads if each["size"] > decision.index), None)
        if head is None:
            raise UsageError(f"no signed head covers record {decision.index}; resume the run first")
        past = records[: decision.index + 1]
        adopted = history[version_of(past) - 1]
        number = sum(record.kind == "lease" for record in past)
        yield {
            "run": records[0].body["exam_commitment"],
            "generation": decision.body["generation"],
            "constitution": {
                "said": adopted.said,
                "signatures": list(adopted.signatures),
                "texts": dict(adopted.texts),
            },
            "lease": taken[number - 1][0].to_json(),
            "head": head,
            "records": [
                {"record": _plain(each), "proof": _hex(inclusion_proof(leaves[: head["size"]], n))}
                for n, each in enumerate(past)
                if _belongs(each, decision)
            ],
            "before": before,
            "continues": _hex(consistency_proof(leaves[: head["size"]], before["size"]))
            if before
            else [],
        }
        before = head


def broken_bundle(bundle: Mapping[str, Any], authority: Authority | None) -> list[str]:
    """What is wrong with a bundle, of any origin; nothing if it proves what it holds."""
    try:
        return list(_broken(bundle, authority))
    except WardenError as error:
        return [str(error)]
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
        return [f"it is no bundle: {error!r}"]


def _broken(bundle: Mapping[str, Any], authority: Authority | None) -> Iterator[str]:
    adopted = Constitution(
        said=bundle["constitution"]["said"],
        signatures=tuple(bundle["constitution"]["signatures"]),
        texts=bundle["constitution"]["texts"],
    )
    if authority is not None and adopted.authority.to_json() != authority.to_json():
        yield "the constitution is signed by another authority than the one asked for"
    demand_quorum(adopted.authority, PURPOSE, adopted.said, adopted.signatures)
    yield from adopted.changed_texts()
    lease = Lease.from_json(bundle["lease"])
    demand_quorum(adopted.authority, GRANTED, lease.said, lease.signatures)
    if (lease.run, lease.constitution) != (bundle["run"], adopted.id):
        yield "the lease was granted to another run, or under another constitution"
    head, before = bundle["head"], bundle["before"]
    for each in (head, before) if before else (head,):
        if not is_signed(each, bundle["run"], lease.key):
            yield "a head is not signed by the key that the lease names"
    if before and not is_consistent(
        before["size"],
        head["size"],
        bytes.fromhex(before["root"]),
        bytes.fromhex(head["root"]),
        _bytes(bundle["continues"]),
    ):
        yield "the head does not continue that of the generation before"
    policy = Policy(adopted.texts)
    for item in bundle["records"]:
        yield from _broken_record(item, head, policy)
    yield from _unjustified([item["record"] for item in bundle["records"]], bundle)


def _broken_record(item: Json, head: Json, policy: Policy) -> Iterator[str]:
    fields = item["record"]
    record = Record(**fields)
    hashed = {name: value for name, value in fields.items() if name != "hash"}
    if content_id(hashed) != record.hash or not is_included(
        record.leaf(),
        record.index,
        head["size"],
        _bytes(item["proof"]),
        bytes.fromhex(head["root"]),
    ):
        yield f"record {record.index} does not stand under the signed head"
    if law := record.body.get("law"):
        principal = HUMAN if law["action"] in HUMANS else ENGINE
        verdict = policy.decide(law["action"], law["context"], principal)
        if verdict.to_json() != {"allowed": law["allowed"], "by": law["by"]}:
            yield f"record {record.index} was decided otherwise than the articles say"


def _unjustified(records: Sequence[Json], bundle: Mapping[str, Any]) -> Iterator[str]:
    """Whether the decision follows from the examination that the bundle shows."""
    kinds = {record["kind"]: record["body"] for record in records}
    exam, decision = kinds["exam"], kinds["decision"]
    facts = decision["law"]["context"]
    first = exam["threshold"] is None
    inferior = sum(family["inferior"] for family in exam["families"].values())
    if (
        decision["checkpoint"] != exam["checkpoint"]
        or decision["generation"] != bundle["generation"]
        or decision["promoted"] != decision["law"]["allowed"]
        or facts["evidence"] != (first or exam["e_value"] >= exam["threshold"])
        or facts["worse"] != (0 if first else inferior)
    ):
        yield "the decision does not follow from the examination"
    if kinds["run"]["exam_commitment"] != bundle["run"]:
        yield "its records are of another run"


def _belongs(record: Record, decision: Record) -> bool:
    """Whether a record tells of what went into a decision; what is in force may be told twice."""
    if record.kind in {"run", "lease", "constitution", "confinement"}:
        return True
    same = record.body.get("generation") == decision.body["generation"]
    return same and record.kind in {"data", "exam", "decision"}


def _plain(record: Record) -> Json:
    return {
        "index": record.index,
        "previous": record.previous,
        "kind": record.kind,
        "body": record.body,
        "hash": record.hash,
    }


def _hex(proof: Sequence[bytes]) -> list[str]:
    return [each.hex() for each in proof]


def _bytes(proof: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(each) for each in proof]
