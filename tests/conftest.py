"""What every test relies on: one thread, as in the run's own processes, and patient Hypothesis."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # read by torch as it loads, and by every child process

import torch
from hypothesis import settings

torch.set_num_threads(1)

# a busy machine must not fail a property
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
