"""The law: the small trusted process (reference monitor) that holds log, exam secret and gate.

Standard library and `cryptography`; it starts everything else and imports nothing of it.
"""
