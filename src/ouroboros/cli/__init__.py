"""The command line: a file per command, heavy imports inside the command.

It acts for the user: it starts the warden, reads what a run has left, and asks the judges where a
person wants to see the truth. The engine never imports it.
"""
