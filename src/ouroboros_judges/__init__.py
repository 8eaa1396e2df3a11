"""The truth: trusted judges in processes of their own, which the warden starts and pins by hash."""

import os
import tempfile

try:
    tempfile.gettempdir()
except FileNotFoundError:
    # A judge writes nothing, yet some libraries ask for such a folder while they are imported.
    tempfile.tempdir = os.devnull
