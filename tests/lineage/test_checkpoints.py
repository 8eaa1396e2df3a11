import json
import pickle
import shutil

import pytest
import torch

from ouroboros.errors import UsageError
from ouroboros.lineage.checkpoints import read_checkpoint, write_checkpoint
from ouroboros_warden.canonical import checkpoint_id

GENOME = {"width": 4, "families": ["copy"], "mlp_ratio": 4.0}
WEIGHTS = {"b": torch.arange(6.0).view(2, 3), "a": torch.tensor([0.5, -1.0])}


def write(folder, genome=GENOME, weights=WEIGHTS, card="# CHECKPOINT\n"):
    return write_checkpoint(folder, genome, weights, card)


def test_a_checkpoint_comes_back_as_it_was(tmp_path):
    name = write(tmp_path)
    genome, weights = read_checkpoint(tmp_path / name)
    assert genome == GENOME
    assert weights.keys() == WEIGHTS.keys()
    assert all(torch.equal(weights[key], WEIGHTS[key]) for key in weights)


def test_the_name_is_the_content(tmp_path):
    name = write(tmp_path)
    assert len(name) == 16
    assert checkpoint_id(tmp_path / name) == name
    assert write(tmp_path) == name
    assert write(tmp_path, weights={**WEIGHTS, "a": WEIGHTS["a"] + 1}) != name
    assert write(tmp_path, genome={**GENOME, "width": 8}) != name


def test_the_card_bears_the_name_and_is_no_part_of_it(tmp_path):
    name = write(tmp_path)
    assert (tmp_path / name / "card.md").read_text() == f"# {name}\n"
    assert write(tmp_path, card="another CHECKPOINT") == name


@pytest.mark.parametrize("file", ["genome.json", "weights.safetensors"])
def test_a_flipped_bit_anywhere_is_found_out(tmp_path, file):
    folder = tmp_path / write(tmp_path)
    whole = (folder / file).read_bytes()
    for place in range(0, len(whole), 3):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << (place % 8)
        (folder / file).write_bytes(flipped)
        with pytest.raises(UsageError, match=folder.name):
            read_checkpoint(folder)


def test_a_checkpoint_of_another_name_is_refused(tmp_path):
    name = write(tmp_path)
    shutil.copytree(tmp_path / name, tmp_path / "0123456789abcdef")
    with pytest.raises(UsageError, match="do not match"):
        read_checkpoint(tmp_path / "0123456789abcdef")


def test_a_folder_without_the_files_is_no_checkpoint(tmp_path):
    with pytest.raises(UsageError, match="checkpoint"):
        read_checkpoint(tmp_path / "nowhere")


class Attack:
    """Unpickling it leaves a trace."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return (open, (str(self.trace), "w"))


def test_a_pickle_with_a_deserved_name_is_not_run(tmp_path):
    trace = tmp_path / "trace"
    staging = tmp_path / "staging"
    staging.mkdir()
    (staging / "genome.json").write_text(json.dumps(GENOME))
    (staging / "weights.safetensors").write_bytes(pickle.dumps(Attack(trace)))
    folder = staging.rename(tmp_path / checkpoint_id(staging))
    with pytest.raises(UsageError, match="cannot be read"):
        read_checkpoint(folder)
    assert not trace.exists()
