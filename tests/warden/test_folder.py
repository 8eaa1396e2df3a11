import json
import os
from pathlib import Path

import pytest

from ouroboros_warden.canonical import file_id
from ouroboros_warden.errors import Refused, UsageError
from ouroboros_warden.folder import (
    Folder,
    check_checkpoint,
    check_data,
    load_config,
)

from .harness import make_checkpoint, make_data, make_run

OUTSIDE = [
    "../config.json",
    "a/../../config.json",
    "/etc/hostname",
    "a//b",
    "./a",
    ".hidden",
    "a/.hidden",
    "",
    "a\n",
    "a\0b",
    "ä",
    "a/",
]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.at(make_run(tmp_path / "run"))


def test_a_folder_without_configuration_is_no_run(tmp_path):
    with pytest.raises(UsageError, match="not a run's folder"):
        Folder.at(tmp_path)
    with pytest.raises(UsageError, match="not a run's folder"):
        Folder.at(tmp_path / "nowhere")


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_path_that_could_lead_out_is_refused(folder, name):
    with pytest.raises(Refused):
        folder.inside("data", name)
    with pytest.raises(Refused):
        check_data(folder, f"data/{name}")
    with pytest.raises(Refused):
        check_checkpoint(folder, name)


def test_a_plain_path_is_accepted(folder):
    make_data(folder.root, "3.parquet", 2, 0)
    path, identity, size = check_data(folder, "data/3.parquet")
    assert (identity, size) == (file_id(path), path.stat().st_size)


@pytest.mark.parametrize("file", ["config.json", "data", "data/", "log/x", "data/none", "data/sub"])
def test_what_is_no_file_under_data_is_refused(folder, file):
    (folder.root / "data" / "sub").mkdir()
    with pytest.raises(Refused):
        check_data(folder, file)


def test_a_link_is_refused_wherever_it_stands(folder):
    data = folder.root / "data"
    make_data(folder.root, "real", 1, 0)
    (data / "link").symlink_to(data / "real")
    (data / "up").symlink_to(folder.root)
    for file in ("data/link", "data/up/config.json"):
        with pytest.raises(Refused):
            check_data(folder, file)
    data.rename(folder.root / "moved")
    data.symlink_to(folder.root / "moved")
    with pytest.raises(Refused):
        check_data(folder, "data/real")


def test_a_pipe_is_refused_and_not_waited_for(folder):
    os.mkfifo(folder.root / "data" / "pipe")
    with pytest.raises(Refused):
        check_data(folder, "data/pipe")


def test_a_checkpoint_under_a_wrong_name_is_refused(folder):
    name = make_checkpoint(folder.root, copy=1, sum=1)
    assert check_checkpoint(folder, name).name == name
    (folder.root / "checkpoints" / name / "weights.safetensors").write_bytes(b"other")
    with pytest.raises(Refused, match="does not match"):
        check_checkpoint(folder, name)
    with pytest.raises(Refused, match="cannot be read"):
        check_checkpoint(folder, "0" * 16)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (["run"], None),
        (["run", "verification"], "trust"),
        (["run", "seed"], -1),
        (["families"], {}),
        (["families"], []),
        (["families", "copy"], 3),
        (["families", "copy", "wall"], 0),
        (["families", "copy", "wall"], True),
        (["exam"], 1),
        (["exam", "alpha"], 1.0),
        (["exam", "alpha"], "0.05"),
        (["exam", "margin"], 0.0),
        (["exam", "items"], 0),
        (["exam", "final_items"], 1.5),
        (["exam", "processes"], 0),
    ],
)
def test_a_wrong_configuration_is_named(folder, place, value):
    config = json.loads((folder.root / "config.json").read_text())
    table = config
    for name in place[:-1]:
        table = table[name]
    table[place[-1]] = value
    (folder.root / "config.json").write_text(json.dumps(config))
    with pytest.raises(UsageError, match=place[-1]):
        load_config(folder)


def test_a_configuration_that_is_no_json_is_a_users_mistake(folder):
    (folder.root / "config.json").write_text("{")
    with pytest.raises(UsageError):
        load_config(folder)
