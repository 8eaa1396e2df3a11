"""The engine's error tree: whose fault it was decides what the user sees.

`UsageError` is the user's mistake: one clear line, exit code 2, no traceback. `PluginError` and
`WorkerError` name a third party's code and a dead process. A wrong answer or a rejected
successor is a record, never an exception.
"""


class OuroborosError(Exception):
    """Anything this package raises on purpose."""


class UsageError(OuroborosError):
    """The user's mistake; the message says what to do next."""


class PluginError(OuroborosError):
    """A plugin could not be loaded or raised; the message names it."""


class WorkerError(OuroborosError):
    """A worker process died or its work unit raised."""
