"""The truth about running parities, bit by bit and by shifted words.

    ParityChainAnswers().solve("10110=")   ("11011", "1")

Route one walks over the bits. Route two takes the string as one binary number (a power of two as
base has no limit on digits) and decodes it as a Gray code: the running parity is the prefix sum
modulo 2, found with log2(n) shifts. Adversarial items: all ones, all zeros, alternating and
periodic bits, lone ones at the first, the last and any place, lone zeros, long runs.
"""

import numpy as np

from ouroboros.envs.base import generator
from ouroboros.envs.parity import ParityChain, render
from ouroboros.envs.strings import with_runs
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import with_corners

KINDS = 4


def chain_by_steps(bits: str) -> tuple[str, str]:
    """The running parity and its last value, one bit after another."""
    parity, chain = 0, bytearray()
    for bit in bits.encode():
        parity ^= bit & 1
        chain.append(ord("0") + parity)
    return chain.decode(), str(parity)


def chain_by_words(bits: str) -> tuple[str, str]:
    """The same, by shifts of the whole string as one number and by counting its ones."""
    word = chain = int(bits, 2)
    shift = 1
    while shift < len(bits):
        chain ^= chain >> shift
        shift *= 2
    return f"{chain:b}".zfill(len(bits)), str(word.bit_count() % 2)


class ParityChainAnswers(Answering):
    """Answers to `parity_chain`."""

    name = "parity_chain"
    family: ParityChain = ParityChain()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, bit by bit; UsageError where the text is not a prompt."""
        return chain_by_steps(prompt[: self.family.level_of(prompt)])

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same lines by words."""
        return chain_by_words(prompt[:-1])

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Corner cases and four kinds of hard strings in equal parts."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        corners = [f"{bits}=" for bits in _corners(level)]
        return with_corners(rng, corners, count, lambda n: _hard_prompts(rng, level, n))


def _corners(level: int) -> list[str]:
    """All alike, alternating, and a lone other bit at either end."""
    corners: list[str] = []
    for bit, other in ("01", "10"):
        corners += [bit * level, ((bit + other) * level)[:level]]
        corners += [other + bit * (level - 1), bit * (level - 1) + other]
    return corners


def _hard_prompts(rng: np.random.Generator, level: int, count: int) -> list[str]:
    """`count` prompts, the kinds in turn: few zeros, few ones, long runs, periods."""
    kinds = np.arange(count)[:, None] % KINDS
    columns = np.arange(level)
    bits = rng.integers(0, 2, (count, level), dtype=np.uint8)
    rare = rng.random((count, level)) < rng.uniform(1, 8, (count, 1)) / level
    runs = with_runs(rng, bits, rng.uniform(1, 8, count) / level)
    # Short periods are the confusing ones; long ones keep the items from repeating.
    longest = np.where(rng.random(count) < 0.5, min(level, 4), level)
    periods = rng.integers(1, longest + 1)[:, None]
    periodic = np.take_along_axis(bits, columns % periods, axis=1)
    return render(np.choose(kinds, [~rare, rare, runs, periodic]).astype(np.bool_))
