"""What a stranger can check: every bit of a folder, every decision, proofs by themselves."""

import json
import random
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ouroboros_warden.__main__ import main
from ouroboros_warden.audit import Log, read_log, read_objects
from ouroboros_warden.bundle import broken_bundle, bundles
from ouroboros_warden.canonical import canonical
from ouroboros_warden.errors import WardenError
from ouroboros_warden.folder import Folder
from ouroboros_warden.heads import signing
from ouroboros_warden.keys import Authority, load_key, public_key, sign
from ouroboros_warden.lease import read_leases
from ouroboros_warden.seal import PURPOSE, seal_run
from ouroboros_warden.verify import check_run

from .harness import KEY, ask, make_checkpoint, make_data, make_run, plan, records, serve

OTHER = Ed25519PrivateKey.from_private_bytes(b"somebody who is no authority----")
AUTHORITY = Authority(keys=(public_key(KEY),), threshold=1)


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """A sealed run of three generations, one of them rejected; nobody writes into it."""
    run = make_run(tmp_path_factory.mktemp("finished") / "run", reproducible=False)
    steps = [ask("examples", key="x", family="copy", level=2, count=4, seed=1)]
    for n, level in enumerate((1, 4, 2)):
        name = make_checkpoint(run, copy=level, sum=level)
        file = make_data(run, f"{n}.parquet", 4, n)
        steps += [
            ask("data", key=f"d{n}", generation=n, file=file),
            ask("examine", key=f"e{n}", generation=n, checkpoint=name, parent=None),
            ask("examples", key=f"p{n}", family="copy", level=9, count=1, seed=1),  # refused
        ]
    plan(run, [*steps, ask("final", key="final"), ask("finish", key="end", reason="enough")])
    assert serve(run)[0] == 0
    seal_run(Folder.at(run))
    return run


@pytest.fixture
def spare(finished, tmp_path) -> Folder:
    return Folder.at(Path(shutil.copytree(finished, tmp_path / "spare")))


def problems(folder: Folder, **options) -> list[str]:
    report = check_run(folder, **options)
    assert report["ok"] == (report["problems"] == [])
    return report["problems"]


def files_of(run: Path) -> list[Path]:
    return sorted(path for path in run.rglob("*") if path.is_file() and path.stat().st_size)


def test_an_intact_run_is_whole_and_says_whose_it_is(finished):
    report = check_run(Folder.at(finished), authority=AUTHORITY)
    assert report["problems"] == []
    assert report["authority"] == {**AUTHORITY.to_json(), "name": "local authority"}
    assert (report["constitution"], report["leases"]) == (1, 1)
    assert (report["sealed"], report["over"]) == (True, True)
    refused = len(records(finished, "refused"))
    assert refused == 3
    assert report["decisions"] == len(records(finished)) - 1 - 3  # all but the first and the audits
    assert check_run(Folder.at(finished), report["head"])["ok"]
    assert check_run(Folder.at(finished), "f" * 64)["record"] == report["records"]


def test_a_folder_without_what_the_warden_keeps_back_is_still_whole(spare):
    shutil.rmtree(spare.warden)
    assert problems(spare, authority=AUTHORITY) == []


def test_another_authority_than_the_one_asked_for_is_a_problem(finished):
    other = Authority(keys=(public_key(OTHER),), threshold=1)
    assert "another authority" in problems(Folder.at(finished), authority=other)[0]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_single_bit_changed_anywhere_is_found(finished, tmp_path_factory, data):
    path = data.draw(st.sampled_from(files_of(finished)))
    place = data.draw(st.integers(0, path.stat().st_size * 8 - 1))
    copy = tmp_path_factory.mktemp("flipped") / "run"
    shutil.copytree(finished, copy)
    flip(copy / path.relative_to(finished), place)
    assert check(copy)
    shutil.rmtree(copy)


def test_a_bit_of_every_file_is_found_also_without_a_seal_where_the_log_covers_it(spare):
    spare.seal.unlink()
    covered = [
        path
        for path in files_of(spare.root)
        if path.parts[len(spare.root.parts)] in {"log", "constitution", "data", "checkpoints"}
        or path.name == "config.json"
    ]
    rng = random.Random(3)
    for path in covered:
        if path.name in {"times.jsonl", "card.md"}:
            continue  # what the clocks said is for the seal alone
        before = path.read_bytes()
        for _ in range(12):
            flip(path, rng.randrange(len(before) * 8))
            assert check(spare.root), path
            path.write_bytes(before)
    assert problems(spare) == []


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place // 8] ^= 1 << place % 8
    path.write_bytes(data)


def check(run: Path) -> list[str]:
    try:
        return problems(Folder.at(run))
    except WardenError as error:  # any clear refusal will do, a traceback will not
        return [str(error)]


def rewrite(folder: Folder, kept: list, key=None) -> None:
    """Write a whole new log of these (kind, body), as somebody could who has a key for heads."""
    for path in (folder.records, folder.heads):
        path.unlink()
    run = kept[0][1]["exam_commitment"]
    with closing(Log.open(folder.records, signing(key, run) if key else None)) as log:
        for kind, body in kept:
            log.append(kind, body)


def said(folder: Folder) -> list[tuple[str, dict]]:
    return [(record.kind, record.body) for record in read_log(folder.records)]


@pytest.mark.parametrize("manner", ["truncated", "reordered", "spliced", "edited"])
def test_a_log_rewritten_without_the_runs_key_is_found(spare, manner):
    kept = said(spare)
    if manner == "truncated":
        kept = kept[:-4]
    elif manner == "reordered":
        kept[4], kept[5] = kept[5], kept[4]
    elif manner == "spliced":
        kept = kept[:8] + kept[3:8] + kept[8:]
    else:
        kept[-2][1]["flop"] += 1
    spare.seal.unlink()
    rewrite(spare, kept, OTHER)
    assert any("not signed by the run's key" in problem for problem in problems(spare))


def test_lines_cut_off_the_end_are_missed_by_the_heads(spare):
    spare.seal.unlink()
    lines = spare.records.read_bytes().splitlines(keepends=True)
    spare.records.write_bytes(b"".join(lines[:-2]))
    found = problems(spare)
    assert any(
        "signed for another log" in problem or "last signed head" in problem for problem in found
    )
    heads = spare.heads.read_bytes().splitlines(keepends=True)
    spare.heads.write_bytes(b"".join(heads[:-2]))
    spare.times.write_bytes(b"".join(spare.times.read_bytes().splitlines(keepends=True)[:-2]))
    report = check_run(spare)
    # the owner's own key signed a shorter log once: what is left is a run that is not over
    assert report["over"] is False


def forged(spare: Folder, change) -> list[str]:
    """The problems of a log that the owner rewrote with the run's own key."""
    kept = said(spare)
    change({f"{kind}-{n}": body for n, (kind, body) in enumerate(kept)}, kept)
    spare.seal.unlink()
    rewrite(spare, kept, load_key(spare.log_key))
    return problems(spare)


def first(bodies: dict, kind: str) -> dict:
    return next(body for name, body in bodies.items() if name.startswith(f"{kind}-"))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda b, k: first(b, "decision").update(promoted=False), "although it was forbidden"),
        (lambda b, k: first(b, "exam").update(e_value=9e9, threshold=1e10), "with evidence ="),
        (lambda b, k: first(b, "decision")["law"].update(by=["1-law"]), "decided otherwise"),
        (lambda b, k: first(b, "decision")["law"].update(allowed=False), "decided otherwise"),
        (lambda b, k: first(b, "oracle").update(level=7), "with level = 2; it was 7"),
        (lambda b, k: first(b, "exam").update(parent="nobody"), "with lineage"),
        (lambda b, k: first(b, "final").pop("law"), "nothing decided"),
        (lambda b, k: first(b, "exam")["probes"].update(accepted=1), "with probes"),
        (lambda b, k: first(b, "decision")["growth"].update(gain=0), "with monitored"),
        (lambda b, k: first(b, "lease")["allowance"].update(gain=99.0), "with granted"),
        (lambda b, k: first(b, "end").update(secret="00" * 32), "not the one committed to"),
        (lambda b, k: first(b, "data").update(id="0" * 64), "not what was handed in"),
        (lambda b, k: k.pop(0), "lacks what its kind promises"),
        (lambda b, k: first(b, "run").update(constitution="x"), "under another constitution"),
    ],
)
def test_a_decision_that_the_articles_do_not_give_is_named(spare, change, found):
    told = forged(spare, change) if found != "lacks what its kind promises" else _headless(spare)
    assert any(found in problem for problem in told), told


def _headless(spare: Folder) -> list[str]:
    spare.seal.unlink()
    kept = said(spare)[1:]
    for path in (spare.records, spare.heads):
        path.unlink()
    with closing(Log.open(spare.records)) as log:
        for kind, body in kept:
            log.append(kind, body)
    return problems(spare)


def test_a_lease_that_was_signed_by_nobody_is_named(spare):
    (lease,) = read_objects(spare.leases)
    lease["signatures"] = [sign(OTHER, "lease", lease["said"])]
    spare.leases.write_bytes(canonical(lease) + b"\n")
    kept = said(spare)
    kept[1][1]["id"] = read_leases(spare.leases)[0].id
    spare.seal.unlink()
    rewrite(spare, kept, load_key(spare.log_key))
    assert any("0 of the 1 keys" in problem for problem in problems(spare))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda run: (run / "new").write_text("x"), "new was not there"),
        (lambda run: (run / "events.jsonl").write_text(""), "events.jsonl is not what was sealed"),
        (lambda run: (run / "events.jsonl").unlink(), "events.jsonl is missing"),
        (lambda run: (run / "data" / "way").symlink_to("/etc"), "no regular file"),
        (lambda run: (run / "seal.json").write_text("{}"), "seal.json"),
        (lambda run: (run / "warden" / "lock").write_text("7"), None),
    ],
)
def test_what_changed_after_the_seal_is_named(spare, change, found):
    change(spare.root)
    told = problems(spare)
    assert any(found in problem for problem in told) if found else told == []


def test_a_seal_of_somebody_elses_is_none(spare):
    whole = json.loads(spare.seal.read_bytes())
    spare.seal.write_bytes(
        canonical({"said": whole["said"], **sign(OTHER, PURPOSE, whole["said"])})
    )
    assert problems(spare) == ["seal.json is not signed by this run's key"]


def test_a_run_that_is_served_again_loses_its_seal(spare):
    assert serve(spare.root)[0] == 0
    assert not spare.seal.exists()


# proof bundles --------------------------------------------------------------------------------


def test_every_generation_has_a_proof_that_stands_by_itself(finished):
    made = [json.loads(canonical(each)) for each in bundles(Folder.at(finished))]
    assert [each["generation"] for each in made] == [0, 1, 2]
    assert [broken_bundle(each, AUTHORITY) for each in made] == [[], [], []]
    kinds = [item["record"]["kind"] for item in made[1]["records"]]
    assert kinds == ["run", "lease", "confinement", "data", "exam", "decision"]
    other = Authority(keys=(public_key(OTHER),), threshold=1)
    assert "another authority" in broken_bundle(made[0], other)[0]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_proof_with_any_leaf_changed_proves_nothing(finished, data):
    made = list(bundles(Folder.at(finished)))
    bundle = json.loads(canonical(data.draw(st.sampled_from(made))))
    holder, name = bundle, None
    while True:
        keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
        keys = [key for key in keys if not isinstance(holder[key], dict | list) or holder[key]]
        name = data.draw(st.sampled_from(list(keys)))
        if not isinstance(holder[name], dict | list):
            break
        holder = holder[name]
    before, holder[name] = holder[name], changed(holder[name])
    assert broken_bundle(bundle, AUTHORITY), (name, before, holder[name])


def changed(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return 2 * value + 1  # 1e16 + 1 is 1e16
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1:] != "0" else "1")
    return "something"


@pytest.mark.parametrize("junk", [{}, {"run": 1}, {"records": []}, {"constitution": []}])
def test_what_is_no_proof_is_said_to_be_none(junk):
    assert broken_bundle(junk, None)


def test_the_command_checks_folders_and_proofs(finished, tmp_path, capsys):
    key = public_key(KEY)
    assert main(["verify", str(finished), "--authority", key, "--bundles", str(tmp_path)]) == 0
    files = sorted(tmp_path.iterdir())
    assert files[0].name == "00001-generation-0.json"
    assert main(["verify", str(files[1]), "--authority", key]) == 0
    assert main(["verify", str(files[1]), "--authority", public_key(OTHER)]) == 2
    files[1].write_bytes(files[1].read_bytes().replace(b'"promoted":true', b'"promoted":false'))
    assert main(["verify", str(files[1])]) == 2
    assert "traceback" not in capsys.readouterr().err.lower()


def test_a_lease_grants_nothing_to_another_run(finished, tmp_path):
    other = make_run(tmp_path / "other", reproducible=False)
    lines = Folder.at(finished).leases.read_bytes()
    Folder.at(other).leases.write_bytes(lines)
    plan(other, [ask("finish", key="end", reason="enough")])
    code, error = serve(other)
    assert (code, "article 11" in error) == (3, True)
    assert records(other)[-1].kind == "refused"
