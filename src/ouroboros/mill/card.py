"""The dataset card: what `datasets` of Hugging Face needs to load the folder, and readers do."""

from collections.abc import Sequence
from pathlib import Path

from ouroboros.envs import load_families
from ouroboros.mill.shards import Order, Shard

COLUMNS = {
    "family, domain, level": "what kind of problem, and how hard: the level has no top",
    "seed": "of the batch that proposed it",
    "prompt": "the question in words",
    "steps": "the worked solution, a line each",
    "answer": "the answer with its unit",
    "facts": "the scene as JSON, units included: enough to check the answer without our code",
    "signature": "a hash of problem and solution; no two rows of a family and level share one",
    "compact, lines": "the same as small models read it; the last line is the answer",
}


AGAIN = "The same order makes the same files, byte for byte."


def write_card(order: Order, shards: Sequence[Shard], folder: Path, origin: str = AGAIN) -> None:
    """Write `README.md` with a configuration for all rows and one a domain.

    `origin` says how the files come about from what was made.
    """
    beside = folder / "README.md.part"
    beside.write_text(card(order, shards, origin))
    beside.replace(folder / "README.md")


def card(order: Order, shards: Sequence[Shard], origin: str = AGAIN) -> str:
    """The text of the card."""
    families = load_families(list(order.families))
    rows = sum(shard.rows for shard in shards)
    domains = sorted({family.domain for family in families.values()})
    head = ["---", "license: mit", "task_categories:", "- question-answering", "tags:"]
    head += ["- synthetic", *(f"- {domain}" for domain in domains), "configs:"]
    head += _config("default", order.families, is_default=True)
    for domain in domains:
        head += _config(domain, [n for n, f in families.items() if f.domain == domain])
    columns = [f"| {name} | {meaning} |" for name, meaning in COLUMNS.items()]
    counts = [
        f"| {name} | {family.domain} | {sum(s.rows for s in shards if s.family == name):,} |"
        f" {family.describe().summary} | {family.describe().level} |"
        for name, family in families.items()
    ]
    levels = ", ".join(map(str, order.levels))
    return "\n".join([
        *head, "---", "", "# Problems with verified solutions", "",
        f"{rows:,} problems of {len(families)} families at the levels {levels}, made by Ouroboros",
        f"with seed {order.seed}.", "", origin, "",
        "Every solution was found by one route and confirmed by a second one that shares no",
        "algorithm with it: another arithmetic, a simulation, a substitution, a proof checker.",
        "Where the two disagreed, no row was written. That is a claim about the answers, and none",
        "about how well these problems teach.", "",
        "| column | holds |", "|---|---|", *columns, "",
        "| family | domain | rows | asks | level |", "|---|---|---|---|---|", *counts, "",
    ])  # fmt: skip


def _config(name: str, families: Sequence[str], *, is_default: bool = False) -> list[str]:
    lines = [f"- config_name: {name}", "  data_files:", "  - split: train", "    path:"]
    lines += [f"    - data/{family}/*.parquet" for family in families]
    return [*lines, *(["  default: true"] if is_default else [])]
