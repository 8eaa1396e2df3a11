"""Planned families some of whose scenes cannot be: a block that floats, a lens without an image.

    class Buoyancy(Sensible):
        ...
        def allowed(self, values): return values["b"] > values["f"]     # it sinks

What `allowed` denies is then not only never drawn but no prompt at all, so that nobody can be asked
for an answer that does not exist. Where the answer is a mixed number, quotients are read as rounded
down. Not covered: families in which every scene makes sense; `Planned` serves them.
"""

from ouroboros.envs.planned import Planned


class Sensible(Planned):
    """A planned family that refuses the scenes that `allowed` denies."""
