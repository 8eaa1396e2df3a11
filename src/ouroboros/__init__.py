"""The engine: the loop that improves itself. Everything in here is suspect.

It asks the warden for what it needs and never imports the judges.
"""

__version__ = "0.1.0"
