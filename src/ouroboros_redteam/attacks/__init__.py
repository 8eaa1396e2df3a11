"""The attacks, by class; each module here has a list `ATTACKS` and is found by itself."""
