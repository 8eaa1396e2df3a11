"""`report.html`: the report as one page that needs nothing else, its picture inside.

Text that comes from the log is escaped, for some of it is the engine's word.
"""

import base64
from collections.abc import Iterable, Sequence
from html import escape

from ouroboros.lineage import figures
from ouroboros.lineage.history import Evidence
from ouroboros.lineage.picture import color_of
from ouroboros.lineage.summary import Account, Standing, basis

STYLE = """
:root { --ink: #1f2933; --soft: #616e7c; --line: #e4e7eb; --good: #0f766e; --bad: #b0413e; }
* { box-sizing: border-box; }
body { margin: 0; background: #f7f8f9; color: var(--ink);
  font: 16px/1.55 ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { margin: 0 0 4px; font-size: 34px; letter-spacing: -0.02em; }
h2 { margin: 44px 0 12px; font-size: 20px; letter-spacing: -0.01em; }
p { margin: 6px 0; max-width: 78ch; }
.soft { color: var(--soft); }
.badge { display: inline-block; margin: 10px 8px 0 0; padding: 2px 12px; border-radius: 999px;
  background: #e6f4f1; color: var(--good); font-size: 14px; font-weight: 600; }
.badge.bad { background: #fbeae9; color: var(--bad); }
.tiles { display: flex; flex-wrap: wrap; gap: 14px; margin: 26px 0 10px; }
.tile { flex: 1 1 150px; padding: 16px 18px; background: white; border: 1px solid var(--line);
  border-top: 4px solid var(--hue); border-radius: 10px; }
.tile .name { color: var(--hue); font-weight: 650; font-size: 14px; }
.tile .climb { font-size: 30px; font-weight: 700; letter-spacing: -0.02em; line-height: 1.3; }
.tile .climb small { color: var(--soft); font-weight: 500; font-size: 19px; }
.tile .soft { font-size: 13px; }
.card { padding: 6px 18px; background: white; border: 1px solid var(--line);
  border-radius: 10px; overflow-x: auto; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 5px 26px; padding: 16px 18px; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: 14.5px; }
th { padding: 9px 14px 9px 0; text-align: left; color: var(--soft); font-weight: 550; }
td { padding: 7px 14px 7px 0; border-top: 1px solid var(--line);
  font-variant-numeric: tabular-nums; }
code { font: 13px ui-monospace, "SF Mono", Menlo, monospace; }
img { display: block; width: 100%; padding: 14px; background: white;
  border: 1px solid var(--line); border-radius: 10px; }
.strip { display: flex; gap: 2px; margin: 3px 0; }
.strip span { flex: 1; min-width: 26px; padding: 4px 0; border-radius: 4px; text-align: center;
  font-size: 11.5px; font-variant-numeric: tabular-nums; }
.strip .who { flex: 0 0 108px; min-width: 0; text-align: left; color: var(--soft); }
.strip .past { border-bottom: 2px solid #9aa5b1; border-radius: 4px 4px 0 0; }
.yes { color: var(--good); font-weight: 650; } .no { color: var(--bad); font-weight: 650; }
@media print { body { background: white; } }
"""

_PROMOTED, _REJECTED = '<span class="yes">promoted</span>', '<span class="no">rejected</span>'


def render_page(told: Account, name: str, picture: bytes) -> str:
    """The page as HTML; `picture` is a PNG."""
    image = base64.b64encode(picture).decode()
    body = "".join([
        _head(told, name),
        _tiles(told),
        "<h2>The climb</h2>",
        f'<img alt="frontier by generation" src="data:image/png;base64,{image}">',
        "<h2>What it took, and what to hold against it</h2>",
        _facts(told),
        "<h2>Every examination</h2>",
        _decisions(told.decisions),
        "<h2>Accuracy by level, first champion and last</h2>",
        _strips(told),
        "<h2>Data made by the loop</h2>",
        _data(told),
        _foot(told, name),
    ])
    title = escape(name)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


def _head(told: Account, name: str) -> str:
    summary, run = told.summary, told.run
    state = f"Over: {run.reason}" if run.reason is not None else "Not over yet"
    climb = "" if summary.capability is None else f", frontiers {summary.capability:.1f} x the wall"
    past = summary.labels_read_past_wall
    seal = "exam sealed" if run.exam_sealed else "exam not sealed"
    badges = [
        (f"{run.verification} verification", run.verification == "self"),
        (f"{past:,} labels read past the wall", past == 0),
        (seal, run.exam_sealed),
        (run.authority, not run.reproducible),
    ]
    marks = "".join(
        f'<span class="badge{"" if good else " bad"}">{escape(text)}</span>'
        for text, good in badges
    )
    return f'<h1>{escape(name)}</h1><p class="soft">{escape(state + climb)}.</p>{marks}'


def _tiles(told: Account) -> str:
    tiles = [
        _tile(family, standing, color_of(i))
        for i, (family, standing) in enumerate(told.summary.families.items())
    ]
    note = f"Wall → frontier of the champion. {basis(told.summary)}"
    return f'<div class="tiles">{"".join(tiles)}</div><p class="soft">{note}</p>'


def _tile(family: str, standing: Standing, hue: str) -> str:
    name, frontier = escape(family.replace("_", " ")), figures.number(standing.frontier)
    accuracy, lower = figures.share(standing.accuracy), figures.share(standing.lower95)
    return (
        f'<div class="tile" style="--hue:{hue}"><div class="name">{name}</div>'
        f'<div class="climb"><small>{standing.wall:,} →</small> {frontier}</div>'
        f'<div class="soft">accuracy {accuracy}<br>lower95 {lower}</div></div>'
    )


def _facts(told: Account) -> str:
    run, summary = told.run, told.summary
    judges, first = figures.flop(summary.flop_of_judges), summary.first_promotion_seconds
    sealed = "sealed" if run.exam_sealed else "not sealed: it follows from the seed"
    found = [
        ("Time", f"{figures.duration(summary.wall_seconds)} of work"),
        ("First promotion", figures.after_base(first)),
        ("Compute", f"{figures.flop(summary.flop)} FLOP, {judges} of them the judges'"),
        ("Processes", f"{3 + run.examiners} and the engine's workers"),
        ("Successors", f"{summary.promoted} promoted, {summary.rejected} rejected"),
        ("Examples made", f"{summary.examples_made:,}"),
        ("Label precision", figures.share(summary.label_precision, 3)),
        (
            "Labels read",
            f"{summary.labels_read:,} up to the wall and past it {summary.labels_read_past_wall:,}",
        ),
        ("Champion", summary.champion.checkpoint if summary.champion else figures.UNKNOWN),
        ("Log head", f"{run.head} ({run.records} records)"),
        ("Signed for by", run.authority),
        ("Exam secret", f"{sealed}; SHA-256 {run.exam_commitment}"),
    ]
    items = "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in found)
    return f'<dl class="card facts">{items}</dl>'


def _decisions(decisions: Sequence[Evidence]) -> str:
    rows = [
        [
            str(e.exam.generation),
            f"<code>{escape(e.exam.checkpoint)}</code>",
            _PROMOTED if e.promoted else _REJECTED,
            escape(e.reason),
            escape(figures.evidence(e.exam.e_value, e.exam.threshold)),
            figures.duration(e.seconds),
        ]
        for e in decisions
    ]
    heads = ["generation", "checkpoint", "decision", "reason", "e-value, threshold", "after"]
    return _table(heads, rows)


def _strips(told: Account) -> str:
    parts: list[str] = []
    for family, standing in told.summary.families.items():
        before = {level: right / items for level, items, right in told.before.get(family, ())}
        after = {level: right / items for level, items, right in told.after.get(family, ())}
        levels = sorted(before.keys() | after.keys())
        heads = [
            f"<span{' class=past' if level > standing.wall else ''}>{level}</span>"
            for level in levels
        ]
        parts.append(f"<p><b>{escape(family.replace('_', ' '))}</b></p>")
        parts.append(_strip("level", heads))
        parts.append(_strip("first champion", [_cell(before.get(level)) for level in levels]))
        parts.append(_strip("champion", [_cell(after.get(level)) for level in levels]))
    note = '<p class="soft">Exact match in per cent; levels past the wall are underlined.</p>'
    return f'<div class="card">{note}{"".join(parts)}</div>'


def _strip(who: str, cells: Iterable[str]) -> str:
    return f'<div class="strip"><span class="who">{who}</span>{"".join(cells)}</div>'


def _cell(accuracy: float | None) -> str:
    if accuracy is None:
        return "<span></span>"
    # From pale red over sand to green, by hue; the eye finds the frontier at once.
    hue, light = round(8 + 157 * accuracy**3), 93 - round(25 * abs(accuracy - 0.5))
    text = figures.share(accuracy, 0).removesuffix(" %").removeprefix("> ")
    return f'<span style="background:hsl({hue} 45% {light}%)">{text}</span>'


def _data(told: Account) -> str:
    rows = [
        [
            str(made.generation),
            escape(made.family),
            f"{made.rows:,}",
            figures.share(made.correct / made.rows if made.rows else None),
            figures.variety(made.variety),
        ]
        for made in told.yields
    ]
    if not rows:
        return "<p>None: everything learnt came from the wall's examples.</p>"
    table = _table(["generation", "family", "examples", "label precision", "variety"], rows)
    note = "Variety is beside as many problems that the family itself would ask."
    return f"<details><summary>{len(rows)} harvests</summary><p>{note}</p>{table}</details>"


def _foot(told: Account, name: str) -> str:
    seal = "" if told.run.exam_sealed else " The exam of this run was not sealed."
    return (
        f'<p class="soft">Written from the log alone; <code>ouro verify {escape(name)}</code> '
        f"checks it and every file that it names.{seal}</p>"
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th>{head}</th>" for head in heads)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="card"><table><tr>{top}</tr>{lines}</table></div>'
