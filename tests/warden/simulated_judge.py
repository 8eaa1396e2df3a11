"""A judge of the warden's protocol in few lines: `simulated_judge.py ROLE RUN`.

What it says depends on the request alone. `RUN/judge/mood-ROLE.json`, a list, makes it misbehave:
each request takes the first entry away. Every request to sit is kept in `RUN/judge/sits.jsonl`.
A checkpoint's skill stands in its genome: it solves every item up to that level.
"""

import fcntl
import hashlib
import json
import os
import sys
import time

ROLE, FOLDER = sys.argv[1], f"{sys.argv[2]}/judge"
LEVELS = range(1, 7)


def take_mood():
    path = f"{FOLDER}/mood-{ROLE}.json"
    if not os.path.exists(path):
        return None
    with open(path, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # several judges share the list
        moods = json.load(file)
        file.seek(0)
        file.truncate()
        json.dump(moods[1:], file)
    return moods[0] if moods else None


def examples(request):
    names = [
        f"{request['family']}:{request['level']}:{request['seed']}:{i}="
        for i in range(request["count"])
    ]
    return {"prompts": names, "lines": [["thought", name[::-1]] for name in names]}


def verify(request):
    return {"correct": [lines == ["right"] for lines in request["lines"]]}


def audit(request):
    families, made, foreign = {}, {}, 0
    with open(request["file"], "rb") as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != request["id"]:
        return {"unfit": f"{request['file']} is not what was handed in"}
    rows = [json.loads(line) for line in data.splitlines()]
    for row in rows:
        if row["family"] not in request["families"]:
            foreign += 1
            continue
        levels = families.setdefault(row["family"], {})
        counts = levels.setdefault(str(row["level"]), {"rows": 0, "correct": 0})
        counts["rows"] += 1
        counts["correct"] += row["correct"]
        own = made.setdefault(row["family"], {"rows": 0, "wrong": 0, "variety": 1000})
        own["rows"] += 1
        own["wrong"] += not row["correct"]
        own["variety"] = min(own["variety"], row.get("variety", 1000))
    return {"families": families, "foreign": foreign, "made": made}


def skill(folder, family):
    with open(f"{folder}/genome.json") as file:
        return json.load(file)["skill"][family]


def sit(request):
    with open(f"{FOLDER}/sits.jsonl", "a") as file:
        file.write(json.dumps(request) + "\n")
    part, parts = request["part"]
    rows = []
    for family in request["families"]:
        for level in LEVELS:
            items = len(range(part, request["items"], parts))
            old = (
                items if request["champion"] and level <= skill(request["champion"], family) else 0
            )
            new = items if level <= skill(request["successor"], family) else 0
            rows.append([family, level, items, old, new, max(0, new - old), max(0, old - new)])
    probes = {"right": 4, "refused": 0, "wrong": 2, "accepted": 0}
    return {"rows": rows, "flop": 1000 + part, "probes": probes}


def weigh(request):
    assert (request["alpha"], request["margin"]) == (0.05, 0.03)
    wins = sum(row[5] for row in request["rows"])
    losses = sum(row[6] for row in request["rows"])
    families = {}
    for family in request["families"]:
        mine = [row for row in request["rows"] if row[0] == family]
        families[family] = {
            "frontier": sum(row[4] == row[2] for row in mine),
            "champion_frontier": sum(row[3] == row[2] for row in mine),
            "accuracy": sum(row[4] for row in mine) / sum(row[2] for row in mine),
            "lower95": 0.5,
            "inferior": sum(row[6] for row in mine) > 0,
        }
    return {"e_value": 2.0 ** max(-50, min(50, wins - losses)), "families": families}


OPERATIONS = {"examples": examples, "verify": verify, "audit": audit, "sit": sit, "weigh": weigh}


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main():
    for line in sys.stdin:
        request, mood = json.loads(line), take_mood()
        if mood == "die":
            os._exit(9)
        if mood == "hang":
            time.sleep(1000)
        if isinstance(mood, dict):  # an answer to give instead
            answer = mood
        elif isinstance(mood, list):  # fields to spoil: [name, value]
            answer = {**OPERATIONS[request["op"]](request), mood[0]: mood[1]}
        elif isinstance(mood, str) and mood not in {"twice", "die", "hang"}:
            say(mood)
            continue
        else:
            answer = OPERATIONS[request["op"]](request)
        say(json.dumps(answer))
        if mood == "twice":
            say(json.dumps(answer))


main()
