"""Where work runs. A work unit is a module-level function of one picklable record."""

from ouroboros.executors.base import Executor
from ouroboros.executors.processes import Processes
from ouroboros.executors.serial import Serial

__all__ = ["Executor", "Processes", "Serial"]
