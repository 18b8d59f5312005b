"""Whose word the outcome of a finished session is: nobody's yet, a proposal, or a decision (contract 10.5)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from domain.frozen import Frozen
from domain.moments import Stamp
from domain.scoring.findings import Method
from domain.scoring.scorecard import Scorecard


class AssessmentState(StrEnum):
    """`proposed`: by a scorecard. `decided`: by a person."""

    awaiting = "awaiting_assessment"
    proposed = "proposed"
    decided = "decided"


class Assessment(Frozen):
    """Who assessed a session, and when; `by` is null while nobody has."""

    state: AssessmentState
    by: str | None = None
    at: Stamp | None = None


# Reasons that stand on cards of which nobody who may judge has judged all.
_UNJUDGED = frozenset({"rules_only", "not_calibrated"})
AWAITING = Assessment(state=AssessmentState.awaiting)


def assessment_of(card: Scorecard, at: datetime) -> Assessment:
    """What a card is: a person's decision, a proposal, or, without a number, none."""
    if card.score is None:
        return AWAITING
    decided = card.method is Method.human
    state = AssessmentState.decided if decided else AssessmentState.proposed
    return Assessment(state=state, by=card.provenance.author, at=at)


def decision(by: str, at: datetime) -> Assessment:
    """A person's word."""
    return Assessment(state=AssessmentState.decided, by=by, at=at)


def card_in_force(cards: Sequence[Scorecard]) -> Scorecard:
    """The card that a session shows, of all of them in their order: a person's before any other, the latest of equals.

    A card without a number never takes the place of one with a number. Numbers of earlier versions of Viva that nobody
    who may judge has given do not count.
    """
    numbered = [card for card in cards if card.score is not None and not _UNJUDGED & set(card.reasons)]
    by_people = [card for card in numbered if card.method is Method.human]
    return (by_people or numbered or list(cards))[-1]
