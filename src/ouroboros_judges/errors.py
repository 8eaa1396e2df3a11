"""What judges say no to."""

from ouroboros.errors import UsageError

SHOWN = 200  # characters of a reason


class Unfit(UsageError):
    """What the engine handed in cannot be judged: the answer is {"unfit": reason}, no failure."""
