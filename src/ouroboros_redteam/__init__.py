"""The red team: attacks on the law, each with a benign twin, against a real warden and judges.

An attack must fail and be logged, its twin must pass. `attacks/` holds them by class; adding one
is one small file there (`attack`). `suite` plays them all, `script` runs anybody's file in the
engine's place. Nothing but the command line imports this package, and nothing of a user's run,
key or machine is used: every run is made up for the purpose in a temporary folder.
"""
