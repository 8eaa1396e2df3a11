"""`python -m ouroboros_warden` with simulated children: FOLDER FILE_LIMIT ARGUMENTS..."""

import resource
import sys
from pathlib import Path

from ouroboros_warden.__main__ import main

sys.path.insert(0, str(Path(__file__).parents[1]))
from warden.harness import children_of

del sys.path[0]  # what is looked for in the path can be read by the children

FOLDER, FILE_LIMIT = Path(sys.argv[1]), int(sys.argv[2])

if FILE_LIMIT:
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_LIMIT, resource.RLIM_INFINITY))
sys.exit(main(sys.argv[3:], children_of(FOLDER)))
