"""`python -m ouroboros_warden` with simulated children: FOLDER FILE_LIMIT ARGUMENTS..."""

import resource
import sys
from pathlib import Path

from ouroboros_warden.__main__ import main
from ouroboros_warden.server import Commands

HERE = Path(__file__).parent
FOLDER, FILE_LIMIT = sys.argv[1], int(sys.argv[2])
JUDGE = (sys.executable, "-I", "-S", str(HERE / "simulated_judge.py"))

if FILE_LIMIT:
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_LIMIT, resource.RLIM_INFINITY))
sys.exit(
    main(
        sys.argv[3:],
        Commands(
            engine=(sys.executable, "-S", str(HERE / "simulated_engine.py"), FOLDER),
            oracle=(*JUDGE, "oracle", FOLDER),
            examiner=(*JUDGE, "examiner", FOLDER),
        ),
    )
)
