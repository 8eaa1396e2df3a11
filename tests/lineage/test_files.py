import errno
import os

import pytest

from ouroboros.errors import UsageError
from ouroboros.lineage.files import write_whole


def test_a_file_and_its_folders_appear(tmp_path):
    path = tmp_path / "a" / "b" / "c.bin"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in path.parent.iterdir()] == ["c.bin"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_clear_line_and_the_old_file_stands(tmp_path, monkeypatch, number):
    path = tmp_path / "state.json"
    write_whole(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(number, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="no space left") as caught:
        write_whole(path, b"new")
    assert str(path) in str(caught.value)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["state.json"]


def test_another_failure_of_the_disk_is_not_called_full(tmp_path, monkeypatch):
    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="broken"):
        write_whole(tmp_path / "x", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_death_before_the_rename_leaves_the_old_file(tmp_path):
    path = tmp_path / "state.json"
    write_whole(path, b"old")
    child = os.fork()
    if child == 0:
        os.fsync = lambda descriptor: os._exit(0)
        write_whole(path, b"new")
    os.waitpid(child, 0)
    assert path.read_bytes() == b"old"
