import io
import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from ouroboros.cli.display import draw, line_of
from ouroboros.cli.progress import Limits, Tail, View, after, limits_of, seconds_left

LIMITS = Limits(name="t", walls={"copy": 6}, generations=10, seconds=0, flop=0)
FRESH = View(limits=LIMITS, began=0.0, now=0.0)
FAMILIES = {"copy": {"frontier": 12}}


def event(kind: str, at: float, **body):
    return {"time": at, "event": kind, "body": body}


def base(at: float, step: int):
    figures = {"step": step, "steps": 100, "loss": 0.5, "tokens": 10 * step, "flop": step * 1e9}
    return event("progress", at, stage="base", **figures)


def turn(at: float, generation: int):
    fronts = {"copy": 8 + generation}
    figures = {"tokens": 1000 + 600 * generation, "flop": 1e11 + 2e10 * generation}
    return event("progress", at, stage="loop", generation=generation, fronts=fronts, **figures)


def decision(at: float, champion: str | None, promoted: bool):
    judged = {"promoted": promoted, "reason": "why", "families": FAMILIES}
    return event("decision", at, checkpoint="c0", champion=champion, generation=0, **judged)


def view_of(*events) -> View:
    view = FRESH
    for each in events:
        view = after(view, each)
    return view


def test_base_training_shows_its_steps_rate_and_time_left():
    view = view_of(event("serve", 0), base(10, 20), base(20, 40))
    assert (view.stage, view.step, view.steps) == ("base", 40, 100)
    assert view.rate == "20 tokens/s trained, 2.0 GFLOP/s"
    assert seconds_left(view) == 60 * 0.5
    assert seconds_left(replace(view, now=25.0)) == 25


def test_the_loop_shows_fronts_data_and_time_left():
    view = view_of(
        event("serve", 0),
        base(10, 100),
        decision(20, None, promoted=True),
        event("audit", 25, key="g1/data", rows=30, correct=29),
        turn(30, 1),
        turn(40, 2),
    )
    assert (view.generation, view.believed, view.examined) == (2, {"copy": 10}, {"copy": 12})
    assert (view.kept, view.correct) == (30, 29)
    assert view.rate == "60 tokens/s trained, 2.0 GFLOP/s"
    assert seconds_left(view) == 8 * 10


def test_worked_examples_are_not_the_loops_own():
    assert view_of(event("audit", 1, key="base/data", rows=30, correct=30)).kept == 0


def test_the_first_checkpoint_is_not_counted_as_a_promotion():
    first = view_of(decision(1, None, promoted=True))
    assert (first.promoted, first.rejected) == (0, 0)
    won = after(first, decision(2, "c", promoted=True))
    lost = after(won, decision(3, "c", promoted=False))
    assert (lost.promoted, lost.rejected) == (1, 1)
    assert lost.last == "c0 rejected: why"


def test_a_time_limit_bounds_the_time_left():
    limited = replace(FRESH, limits=replace(LIMITS, seconds=100.0))
    view = after(after(after(limited, event("serve", 0)), turn(30, 1)), turn(60, 2))
    assert seconds_left(view) == 40
    config = {"families": {}, "run": {"reproducible": True}, "loop": {"seconds": 9}}
    assert limits_of(config, "x").seconds == 0


def test_a_run_that_goes_on_measures_its_pace_anew():
    view = view_of(event("serve", 0), base(10, 20), event("serve", 1000), base(1010, 60))
    assert view.now - view.began == 10 + 10  # the pause between the sessions does not count
    assert seconds_left(view) is None


junk = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
KINDS = ("serve", "progress", "exam_start", "decision", "final", "audit", "refused", "end")
FIELDS = ("stage", "step", "steps", "tokens", "flop", "generation", "fronts", "rows", "key")


@given(
    st.sampled_from(KINDS),
    junk,
    st.dictionaries(st.sampled_from(FIELDS), junk | st.just("base")) | junk,
)
def test_no_event_stops_the_display(kind, moment, body):
    view = after(FRESH, {"time": moment, "event": kind, "body": body})
    Console(file=io.StringIO(), force_terminal=True).print(draw(view))


def test_no_event_commands_the_terminal(capsys):
    from ouroboros.cli.display import _show_line

    _show_line(FRESH, event("refused", 1, key="\x1b[2J", reason="\x07\r\n"))
    assert "refused ?[2J: ???" in capsys.readouterr().err


def test_a_view_is_drawn_with_its_figures():
    console = Console(record=True, width=100, force_terminal=False)
    console.print(draw(view_of(event("serve", 0), base(10, 20), base(20, 40))))
    shown = console.export_text()
    assert "base, step 40/100" in shown
    assert "about 30 s left" in shown
    assert "copy" in shown


def test_every_event_of_interest_is_a_line():
    view = view_of(base(10, 20))
    assert "step 20/100: loss 0.5000; " in line_of(view, base(10, 20))
    assert line_of(view, event("audit", 1, key="k", rows=1, correct=1)) is None
    assert "refused k: no" in line_of(view, event("refused", 1, key="k", reason="no"))


def test_the_tail_waits_for_a_line_to_end(tmp_path):
    path = tmp_path / "events.jsonl"
    tail = Tail(path)
    assert list(tail.read()) == []
    path.write_text(json.dumps(event("serve", 1)) + '\nnonsense\n[1]\n{"ev')
    assert [each["event"] for each in tail.read()] == ["serve"]
    with path.open("a") as file:
        file.write('ent": "end"}\n')
    assert [each["event"] for each in tail.read()] == ["end"]
    assert list(tail.read()) == []
