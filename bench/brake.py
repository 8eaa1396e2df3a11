"""The brake, fired for real: from the pull to silence (`ouro brake drill`, a hundred times).

ouro bench brake --drills 100 --json     # about three minutes
"""

import sys

from ouroboros.cli.__main__ import main

if __name__ == "__main__":
    asked = sys.argv[1:]
    if "--drills" not in asked:
        asked += ["--drills", "100"]
    sys.exit(main(["brake", "drill", *asked]))
