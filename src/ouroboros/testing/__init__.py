"""Conformance suites for plugin authors: inherit one, and your plugin keeps our promises."""

from ouroboros.testing.conformance import FamilyConformance, check_family

__all__ = ["FamilyConformance", "check_family"]
