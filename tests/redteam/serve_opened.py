"""The red team's launcher with an engine that nothing confines: what gets through then, and only
then, is what the box stops. The judges keep theirs.
"""

import sys
from types import SimpleNamespace

from ouroboros_redteam.launch import launch
from ouroboros_warden import server
from ouroboros_warden.sandbox import T1
from ouroboros_warden.server import Commands

NO_BOX = SimpleNamespace(
    owner=None,
    means=T1,
    group=None,
    inherited=(),
    around=list,
    enter=lambda: None,
    close=lambda: None,
)
FOUND = {"tier": "T1", "landlock": 0, "own_user": False, "group": False, "stopped": 0, "allowed": 4}

server.strongest_box = lambda *_: NO_BOX
server.try_to_escape = lambda *_: FOUND
sys.exit(launch(Commands(engine=sys.argv[4:])))
