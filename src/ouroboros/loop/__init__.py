"""The loop: propose, solve, verify, revise, curate, train, evaluate, promote.

`cycle.py` tells the story of a generation; each verb is a file of its own.
"""
