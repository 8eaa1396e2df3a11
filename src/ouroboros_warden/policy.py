"""Decisions: may this be done, given what the warden measured; pure, so each can be made again.

Two engines decide by the same articles: Cedar (`cedarpy`), always with the schema, and our own
evaluator (`rules`). What both allow without any error, on the same articles, is allowed; anything
else is not. Cedar alone would skip a forbid that errs, and so let through what it forbids.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cedarpy  # its own type hints are partial

from ouroboros_warden import rules
from ouroboros_warden.canonical import Json
from ouroboros_warden.errors import UsageError

ENGINE, HUMAN, RUN = 'Engine::"engine"', 'Human::"human"', 'Run::"run"'
_cedar: Any = cedarpy
NOBODY = "no article permits it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a request is allowed, and the articles that decided: ids of their policies."""

    allowed: bool
    by: tuple[str, ...]

    def to_json(self) -> Json:
        """A plain mapping."""
        return {"allowed": self.allowed, "by": list(self.by)}


class Policy:
    """The articles of one constitution, ready to decide."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Read articles and schema; UsageError where they do not fit each other.

        A policy that could err, by Cedar's own validation, is no article.
        """
        text, schema = texts["articles.cedar"], texts["schema.cedarschema"]
        self.articles = rules.parse(text)
        try:
            self._schema = _cedar.Schema.from_str(schema)
            self._policies = _cedar.PolicySet.from_str(text)
            found = _cedar.validate_policies(text, self._schema)
        except ValueError as error:
            raise UsageError(f"articles or schema cannot be read: {error}") from error
        if not found.validation_passed:
            raise UsageError(f"an article does not fit the schema: {found.errors[0]}")
        self._entities = _cedar.Entities.from_json_str("[]")

    def decide(self, action: str, context: Json, principal: str = ENGINE) -> Verdict:
        """What the articles say of an action under the facts in `context`."""
        ours = rules.judge(self.articles, action, context, principal, RUN)
        theirs = self._ask_cedar(action, context, principal)
        if theirs is None or ours.errors:
            return Verdict(allowed=False, by=("error", *ours.errors))
        if theirs != Verdict(allowed=ours.allowed, by=ours.by):
            return Verdict(allowed=False, by=("disagreement",))
        return theirs

    def sentence(self, by: Iterable[str]) -> str:
        """The words in which a human would give the reason, for policies by their ids."""
        said = [self._sentences.get(name, name) for name in by] or [NOBODY]
        return "; ".join(said)

    @cached_property
    def _sentences(self) -> dict[str, str]:
        return {
            each.id: f"article {each.notes.get('article', '?')}: {each.notes.get('sentence', '')}"
            for each in self.articles
        }

    def _ask_cedar(self, action: str, context: Json, principal: str) -> Verdict | None:
        """Cedar's verdict; None where it erred, or did not decide."""
        request = {
            "principal": principal,
            "action": f'Action::"{action}"',
            "resource": RUN,
            "context": context,
        }
        found = _cedar.is_authorized(request, self._policies, self._entities, self._schema)
        if found.diagnostics.errors or found.decision == _cedar.Decision.NoDecision:
            return None
        indexes = (int(name.removeprefix("policy")) for name in found.diagnostics.reasons)
        by = tuple(sorted(self.articles[index].id for index in indexes))
        return Verdict(allowed=found.decision == _cedar.Decision.Allow, by=by)
