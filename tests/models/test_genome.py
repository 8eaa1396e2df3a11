import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.errors import UsageError
from ouroboros.models.genome import Genome

GENOME = Genome(alphabet="0123456789+=", families=("sum", "copy"))

GENOMES = st.builds(
    Genome,
    alphabet=st.sampled_from(["01=", "abc="]),
    families=st.sampled_from([("sum",), ("sum", "copy")]),
    layers=st.integers(1, 9),
    width=st.sampled_from([16, 32]),
    heads=st.sampled_from([1, 2, 4]),
    mlp=st.sampled_from(["relu2", "gelu", "swiglu"]),
    mlp_ratio=st.floats(0.5, 8),
    norm=st.sampled_from(["rms", "layer"]),
    qk_norm=st.booleans(),
    position=st.sampled_from(["none", "rope", "learned", "index_offset", "relative"]),
    bias=st.lists(
        st.sampled_from(["run_start", "run_end", "segment", "token"]), min_size=1, unique=True
    ).map(tuple),
    convolution=st.integers(0, 3),
    loops=st.integers(1, 3),
)


@given(GENOMES)
def test_a_genome_comes_back_from_json_as_it_was(genome):
    again = Genome.from_json(json.loads(json.dumps(genome.to_json())))
    assert again == genome
    assert hash(again) == hash(genome)


@given(GENOMES, GENOMES)
def test_two_genomes_are_equal_only_if_they_print_alike(one, other):
    assert (one == other) == (repr(one) == repr(other)) == (one.to_json() == other.to_json())


def test_a_genome_cannot_be_edited():
    with pytest.raises(AttributeError):
        GENOME.width = 8


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"width": 30}, "width 30"),
        ({"heads": 0}, "heads"),
        ({"layers": 0}, "layers"),
        ({"loops": 0}, "loops"),
        ({"window": 0}, "window"),
        ({"width": -64}, "width"),
        ({"segments": -1}, "segments"),
        ({"tokens": -1}, "tokens"),
        ({"convolution": -1}, "convolution"),
        ({"max_position": 0}, "max_position"),
        ({"mlp_ratio": 0.0}, "mlp_ratio"),
        ({"mlp": "relu"}, "'relu'"),
        ({"norm": "batch"}, "'batch'"),
        ({"position": "alibi"}, "'alibi'"),
        ({"bias": ("token", "colour")}, "colour"),
        ({"bias": ()}, "bias"),
    ],
)
def test_what_builds_no_body_is_the_users_mistake_and_named(changes, named):
    with pytest.raises(UsageError, match="genome") as caught:
        replace(GENOME, **changes)
    assert named in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"width": "64"},
        {"width": 64.0},
        {"layers": True},
        {"alphabet": 7},
        {"families": "sum"},
        {"families": [1]},
        {"mlp_ratio": "4"},
        {"qk_norm": "yes"},
        {"bias": "token"},
    ],
)
def test_a_value_of_the_wrong_type_is_the_users_mistake_and_named(changes):
    # this is how `--set genome.width=wide` arrives
    with pytest.raises(UsageError, match=f"genome: {next(iter(changes))}"):
        Genome.from_json({**GENOME.to_json(), **changes})


def test_an_unknown_or_a_missing_field_is_named():
    with pytest.raises(UsageError, match=r"unknown \['depth'\], missing \[\]"):
        Genome.from_json({**GENOME.to_json(), "depth": 3})
    with pytest.raises(UsageError, match=r"unknown \[\], missing \['alphabet'\]"):
        Genome.from_json({"families": ["sum"]})


def test_only_alphabet_and_families_have_to_be_said():
    assert Genome.from_json({"alphabet": "0123456789+=", "families": ["sum", "copy"]}) == GENOME


def test_widths_follow_from_the_genome():
    genome = replace(GENOME, width=48, heads=6, mlp_ratio=2.5)
    assert (genome.head_width, genome.mlp_width) == (8, 120)
