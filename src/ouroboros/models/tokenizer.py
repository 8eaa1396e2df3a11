"""One character tokenizer for every family of a run.

Ids: 0 padding, 1 end of answer, 2 line break, then a tag per family, then the alphabet.

    tokenizer = Tokenizer(alphabet="0123456789+=", families=("copy",))
    tokenizer.encode("12=")         # ids of 1, 2 and =
    tokenizer.tag("copy")           # the id that a row of copy begins with

Text turns into ids by one table look-up over all rows at once.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ouroboros.errors import UsageError

PAD, END, BREAK = 0, 1, 2
AGAIN = "~"  # a character that no family has: the line before it is looked at again
SYMBOL, DIGIT, LETTER = 0, 1, 2


class Tokenizer:
    """Characters to ids and back; `classes` maps an id to SYMBOL, DIGIT or LETTER."""

    def __init__(self, *, alphabet: str, families: Sequence[str]) -> None:
        """UsageError where the alphabet is not ASCII or repeats itself."""
        if not alphabet.isascii() or len(set(alphabet)) != len(alphabet) or "\n" in alphabet:
            raise UsageError("tokenizer: the alphabet must be distinct ASCII without line breaks")
        self.alphabet, self.families = alphabet, tuple(families)
        self.first_character = BREAK + 1 + len(self.families)
        self.size = self.first_character + len(alphabet)
        self._tags = {name: BREAK + 1 + i for i, name in enumerate(self.families)}
        self._ids = np.zeros(128, dtype=np.uint8)
        self._ids[ord("\n")] = BREAK
        self._characters = np.full(256, ord("?"), dtype=np.uint8)
        self._characters[BREAK] = ord("\n")
        self.classes = np.zeros(self.size, dtype=np.int64)
        for i, character in enumerate(alphabet, start=self.first_character):
            self._ids[ord(character)] = i
            self._characters[i] = ord(character)
            self.classes[i] = (
                DIGIT if character.isdigit() else LETTER if character.isalpha() else SYMBOL
            )

    def tag(self, family: str) -> int:
        """The id that starts a row of `family`; UsageError where the model does not know it."""
        if family not in self._tags:
            raise UsageError(f"this model knows {', '.join(self.families)}, not {family!r}")
        return self._tags[family]

    def encode(self, text: str) -> NDArray[np.uint8]:
        """Ids of a text without tag or end; UsageError names a character outside the alphabet."""
        if not text.isascii():
            raise UsageError("this model reads ASCII characters only")
        ids = self._ids[np.frombuffer(text.encode("ascii"), dtype=np.uint8)]
        if ids.size and not ids.all():
            bad = text[int(np.flatnonzero(ids == 0)[0])]
            raise UsageError(f"this model does not know the character {bad!r}")
        return ids

    def decode(self, ids: NDArray[np.uint8]) -> str:
        """The text of ids; ids that are no character read as '?'."""
        return self._characters[ids].tobytes().decode("ascii")
