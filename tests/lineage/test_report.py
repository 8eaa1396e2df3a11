import json
import re
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from made_up_run import WALLS, make_run

from ouroboros.lineage import figures
from ouroboros.lineage.index import open_index
from ouroboros.lineage.page import render_page
from ouroboros.lineage.picture import draw, spending
from ouroboros.lineage.report import render_report, write_report
from ouroboros.lineage.summary import account
from ouroboros_warden.audit import Log

PNG = b"\x89PNG\r\n\x1a\n"


def told_of(run):
    with open_index(run) as index:
        return account(index)


@pytest.fixture(scope="module")
def told(made_run):
    return told_of(made_run)


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(PNG)
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def test_a_report_writes_its_four_files_and_the_index(spare):
    run = spare()
    written = write_report(run)
    assert [path.name for path in written] == ["report.md", "report.html", "climb.png", "card.md"]
    assert (run / "lineage.sqlite").is_file()
    assert min(size((run / "climb.png").read_bytes())) > 600
    for family in WALLS:
        assert family in (run / "report.md").read_text()
        assert family in (run / "card.md").read_text()
        assert family.replace("_", " ") in (run / "report.html").read_text()


def test_the_table_shows_wall_frontier_accuracy_and_bound(told):
    standing = told.summary.families["forward_addition"]
    row = f"| forward_addition | 4 | **{standing.frontier}** | 99.64 % | 97.13 % |"
    assert row in render_report(told, "laptop-1")


@pytest.mark.parametrize("reproducible", [True, False])
def test_an_unsealed_exam_is_called_so(tmp_path, reproducible):
    run = make_run(tmp_path / "run", walls={"copy": 6}, turns=3, reproducible=reproducible)
    told = told_of(run)
    for text in (render_report(told, "run"), render_page(told, "run", PNG)):
        assert ("exam not sealed" in text.lower()) == reproducible


def test_trust_is_reported_first(told):
    text = render_report(told, "laptop-1")
    assert "Labels read past the wall: 0" in text
    assert f"Log head: `{told.run.head}`" in text
    assert "Verification: self" in text
    assert "99." in re.search(r"Label precision: (.*)", text)[1]


def test_how_varied_the_data_are_stands_beside_how_right_they_are(told):
    last = told.yields[-1]
    least = min(y.variety for y in told.yields if y.generation == last.generation)
    row = next(
        line
        for line in render_report(told, "run").partition("## Data made")[2].splitlines()
        if line.startswith(f"| {last.generation} ")
    )
    assert row.endswith(f"| {figures.variety(least)} |")
    assert f"<td>{figures.variety(last.variety)}</td>" in render_page(told, "run", PNG)
    unknown = replace(told, yields=(replace(last, variety=None),))
    assert f"| {figures.UNKNOWN} |" in render_report(unknown, "run")


def test_a_rejection_for_its_data_is_told_with_the_reason(told):
    reason = "narrow: its new data are 8.7 % as varied as they should be"
    refused = replace(told.decisions[-1], promoted=False, reason=reason)
    known = replace(told, decisions=(refused,))
    for text in (render_report(known, "run"), render_page(known, "run", PNG)):
        assert reason in text


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.sources, self.open = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.sources += [value for name, value in attrs if name in {"src", "href"}]
        if tag not in {"meta", "img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read_page(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def test_the_page_needs_nothing_but_itself(told):
    page = render_page(told, "laptop-1", PNG)
    reader = read_page(page)
    (source,) = reader.sources
    assert source.startswith("data:image/png;base64,")
    assert "script" not in reader.tags
    assert "url(" not in page
    assert "@import" not in page


def test_what_the_log_says_cannot_write_into_the_page(spare):
    run = spare()
    evil = '<script>alert("1")</script>'
    with closing(Log.open(run / "log" / "records.jsonl")) as log:
        identity = {"key": "evil", "request": "r"}
        file = {"generation": 99, "file": evil, "id": "0", "bytes": 1}
        log.append("data", {**file, **identity})
        families = {evil: {"3": {"rows": 2, "correct": 1}}}
        log.append("audit", {"families": families, "rows": 2, "correct": 1, **identity})
        log.append("end", {"reason": evil, "secret": "00", **identity})
    page = render_page(told_of(run), evil, PNG)
    assert "script" not in read_page(page).tags
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(("turns", "finished"), [(0, False), (0, True), (4, False)])
def test_an_unfinished_run_and_a_frozen_one_have_their_report(tmp_path, turns, finished):
    run = make_run(tmp_path / "run", walls={"copy": 6}, turns=turns, finished=finished)
    assert len(write_report(run)) == 4
    text = (run / "report.md").read_text()
    assert ("not over" in text) != finished
    assert ("learnt came from the wall" in text) == (turns == 0)


def test_a_run_without_champion_has_no_card(spare):
    run = spare()
    path = run / "log" / "records.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert [path.name for path in write_report(run)] == ["report.md", "report.html", "climb.png"]
    assert "Nobody has been examined yet" in (run / "report.md").read_text()


def test_a_run_of_which_little_is_known_can_be_drawn(told):
    nothing = replace(
        told, generations=(), yields=(), decisions=told.decisions[:1], before={}, after={}
    )
    assert draw(nothing).startswith(PNG)
    assert spending(nothing) == []


def test_what_was_spent_grows_from_nothing_to_all_that_the_engine_states(told):
    seconds, flop = zip(*spending(told), strict=True)
    whole = told.summary
    assert (seconds[0], flop[0]) == (0, 0)
    assert (seconds[-1], flop[-1]) == (whole.wall_seconds, whole.flop - whole.flop_of_judges)
    assert seconds == tuple(sorted(seconds))
    assert flop == tuple(sorted(flop))


def test_the_card_is_the_champions(spare):
    run = spare()
    decisions = told_of(run).decisions
    former = decisions[1].exam.checkpoint
    with closing(Log.open(run / "log" / "records.jsonl")) as log:
        log.append("rollback", {"checkpoint": former, "frontiers": {}})
    write_report(run)
    assert (run / "card.md").read_text().startswith(f"# Model card: {former}\n")
    assert "the paired examination that promoted it" in (run / "card.md").read_text()


def test_figures_read_well():
    assert figures.duration(59.6) == "1 min 0 s"
    assert figures.duration(3725) == "1 h 2 min"
    assert figures.flop(29_440_000_000_000) == "2.94e13"
    assert figures.share(0.99999) == "> 99.99 %"
    assert figures.share(1.0) == "100.00 %"
    assert figures.share(None) == figures.number(None) == "-"
    assert figures.evidence(3.0, 20.0) == "3 < 20"
    assert json.dumps(figures.number(1234)) == '"1,234"'
