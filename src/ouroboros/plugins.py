"""Plugins: third parties' code, found by entry point, loaded on demand and blamed by name.

A built-in and a plugin load alike, from a `module:attribute` that is called without arguments, so
a bare source tree without package metadata works too:

    load_plugins(
        kind="family",
        group="ouroboros.families",
        built_in={"copy": "ouroboros.envs.strings:Copy"},
        names=["copy"],
        protocol=Family,
    )["copy"]

Two claims to one name are an error, never a silent choice: no plugin can replace a built-in.
Not covered: isolation. A plugin runs with the rights of the process that loads it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from ouroboros.errors import OuroborosError, PluginError, UsageError


@contextmanager
def blame(plugin: str) -> Iterator[None]:
    """Turn whatever `plugin` raises inside the block into a PluginError that names it.

    Errors of this package pass through: a UsageError is still the user's.
    """
    try:
        yield
    except OuroborosError:
        raise
    except Exception as error:
        raise PluginError(f"{plugin} raised {type(error).__name__}: {error}") from error


def load_plugins(
    *,
    kind: str,
    group: str,
    built_in: Mapping[str, str],
    names: Sequence[str] | None,
    protocol: Any,
) -> dict[str, Any]:
    """One fresh object per name, in the order asked for; every known name where `names` is None.

    Args:
        kind: What the user calls such a thing, for messages ("family").
        group: Entry point group that plugins register in.
        built_in: Name to `module:attribute` of what ships with this package.
        names: Names wanted, or None for all.
        protocol: A runtime-checkable protocol that every loaded object must satisfy.

    Raises:
        UsageError: A name that nobody registered; the message lists the known ones.
        PluginError: A plugin that cannot be imported, raises, breaks the protocol, calls itself
            by another name or claims a name that is taken.
    """
    known = _claims(group, built_in)
    unknown = [name for name in names or () if name not in known]
    if unknown:
        raise UsageError(f"unknown {kind} {unknown[0]!r}; known: {', '.join(known)}")
    return {
        name: _load(f"{kind} {name!r}", name, known[name], protocol)
        for name in (known if names is None else names)
    }


def _claims(group: str, built_in: Mapping[str, str]) -> dict[str, set[EntryPoint]]:
    """Who registered each name: built-ins first, then plugins by name."""
    registered = [EntryPoint(name, value, group) for name, value in built_in.items()]
    claims: dict[str, set[EntryPoint]] = {entry.name: {entry} for entry in registered}
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        # Rebuilt without its distribution: this package's own metadata equals its built-ins.
        claims.setdefault(entry.name, set()).add(EntryPoint(entry.name, entry.value, group))
    return claims


def _load(plugin: str, name: str, claims: set[EntryPoint], protocol: Any) -> Any:
    """The one object behind a name."""
    if len(claims) > 1:
        values = " and ".join(sorted(entry.value for entry in claims))
        raise PluginError(f"{plugin} is claimed by {values}; uninstall one of them")
    (entry,) = claims
    with blame(f"{plugin} ({entry.value})"):
        loaded = entry.load()()
        if not isinstance(loaded, protocol):
            raise PluginError(
                f"{plugin} ({entry.value}) lacks a member of the protocol {protocol.__name__}"
            )
        if loaded.name != name:
            raise PluginError(f"{plugin} ({entry.value}) calls itself {loaded.name!r}")
    return loaded
