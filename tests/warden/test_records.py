"""The warden's records: made by name, edited by nobody, with no room for more than they say."""

import importlib
import pkgutil
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import pytest

import ouroboros_warden


def records() -> list[type[Any]]:
    found: list[type[Any]] = []
    for module in pkgutil.iter_modules(ouroboros_warden.__path__):
        if module.name != "__main__":
            loaded = importlib.import_module(f"ouroboros_warden.{module.name}")
            found += [
                each
                for each in vars(loaded).values()
                if isinstance(each, type)
                and is_dataclass(each)
                and each.__module__ == loaded.__name__
                and each.__module__ != "ouroboros_warden.messages"
            ]
    return found


RECORDS = records()


def blank(kind: type[Any]) -> Any:
    """One of a kind, made without asking what it is made of."""
    found = object.__new__(kind)
    for field in fields(kind):
        object.__setattr__(found, field.name, None)
    return found


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_a_record_is_made_by_name_and_edited_by_nobody(kind):
    names = [field.name for field in fields(kind)]
    record = blank(kind)
    with pytest.raises(FrozenInstanceError):
        setattr(record, names[0], 1)
    assert not hasattr(record, "__dict__")
    with pytest.raises(TypeError):
        kind(*[None] * len(names))
