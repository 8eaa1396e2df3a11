"""Wardens without a box, or under other articles: what the red team has to find."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ouroboros_redteam.attack import chosen
from ouroboros_redteam.suite import run_suite
from ouroboros_warden.constitution import shipped

OPENED = (sys.executable, "-P", str(Path(__file__).with_name("serve_opened.py")))


@pytest.fixture(scope="session")
def play() -> Callable[..., dict[str, Any]]:
    """Play attacks by their ids."""

    def play(*only: str, **options: Any) -> dict[str, Any]:
        return run_suite(chosen([], only), lambda line: None, **options)

    return play


def without(name: str) -> dict[str, str]:
    """The shipped texts but one article."""
    texts = shipped()
    articles = texts["articles.cedar"]
    start = articles.index(f'@id("{name}")')
    end = articles.index(";", start) + 1
    return {**texts, "articles.cedar": articles[:start] + articles[end:]}


@pytest.fixture(scope="session")
def without_article_4() -> dict[str, str]:
    """The shipped texts, but truth past the wall may be read."""
    return without("4-wall")
