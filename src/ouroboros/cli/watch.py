"""`ouro watch`: look over a live run's shoulder."""

from ouroboros.cli.options import AsJson, RunArgument


def watch(run_dir: RunArgument = None, as_json: AsJson = False) -> int:
    """Show a live run until it ends or stops; then where it stands."""
    from ouroboros.cli.display import display, follow
    from ouroboros.cli.output import note
    from ouroboros.cli.progress import Tail, after, fresh_view, limits_of
    from ouroboros.cli.run import read_config
    from ouroboros.cli.runs import find_run, is_live
    from ouroboros.cli.status import status

    folder = find_run(run_dir)
    if is_live(folder):
        view = fresh_view(limits_of(read_config(folder), folder.name))
        tail = Tail(folder / "events.jsonl")
        for event in tail.read():
            view = after(view, event)
        with display() as show:
            follow(view, tail, show, lambda: is_live(folder))
    else:
        note(f"nobody is at work on {folder}")
    return status(folder, as_json)
