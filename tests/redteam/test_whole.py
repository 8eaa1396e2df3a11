"""The whole red team as root, as an ordinary user, and where a container denies namespaces."""

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from typing import Any

import pytest
from warden.harness import SOURCE, SYSTEM_PYTHON, like_docker

from ouroboros_redteam.attack import registry
from ouroboros_warden import threshold

pytestmark = pytest.mark.slow


def python(user: int | None, code: bytes | None, *arguments: str) -> "subprocess.Popen[str]":
    """Python as another user, behind a filter."""

    def before() -> None:
        if code:
            threshold.filter_calls(code)
        if user is not None:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)

    paths = os.pathsep.join([str(SOURCE), sysconfig.get_path("purelib")])
    return subprocess.Popen(
        [str(SYSTEM_PYTHON if user is not None else sys.executable), "-P", *arguments],
        preexec_fn=before,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": paths, "HOME": tempfile.gettempdir()},
        cwd="/",
    )


@pytest.mark.parametrize("contained", [False, True])
@pytest.mark.parametrize("user", [None, 1234])
def test_every_attack_is_stopped_and_logged_and_every_twin_passes(user, contained):
    if os.geteuid() != 0 and (user is not None or contained):
        pytest.skip("needs root, to be somebody else")
    with python(user, None, "-c", "import ouroboros.cli, torch, cedarpy") as trial:
        if trial.wait() != 0:
            pytest.skip(f"{SYSTEM_PYTHON} cannot run this package as user {user}")
    code = like_docker() if contained else None
    with python(user, code, "-m", "ouroboros.cli", "redteam", "--json") as playing:
        found: dict[str, Any] = json.loads(playing.communicate(timeout=900)[0].splitlines()[-1])
    assert found["failures"] == []
    assert not contained or found["tier"] == "T1"
    count = found["attacks"]
    assert count + len(found["skipped"]) == len(registry())
    assert count == found["stopped"] == found["logged"] == found["benign_passed"] >= 400
