"""Every claim of the built-in scorecard against a list made by hand of what each candidate did show."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from domain.interview.candidates.actor import Actor, Passage
from domain.interview.candidates.behaviour import behaviour_of, candidates_for
from domain.interview.candidates.kinds import Candidate
from domain.interview.events import Answered
from domain.interview.rehearsal import Run
from domain.plan.items import InterviewPlan, Item
from domain.scoring.findings import is_quote_of
from domain.scoring.rule_findings import rule_findings
from domain.scoring.scorecard import Scorecard, score
from tests.support.known_answers import KnownAnswers, criteria_of
from tests.support.known_plans import KNOWN_PLANS

HELD = [
    (script, candidate) for script in KNOWN_PLANS for candidate in candidates_for(scene=script == "bakery")
]
# Words of a claim that something is missing.
MISSING = ("not shown", "missing", "did not", "nicht gezeigt", "fehlt", "lacks", "no evidence")
# Of the passages that word search marks in these interviews so many show nothing of their criterion by the list, though
# they are on its subject or share its words: five of six, so a mark says where to look and no more.
MOST_WRONG = 5


@dataclass(frozen=True)
class Claim:
    """A passage that the card cites for a criterion, with the sentences of the written answers that it is from."""

    criterion: int
    quote: str
    sources: tuple[Passage, ...]

    @property
    def holds(self) -> bool:
        return any(self.criterion in passage.shows for passage in self.sources)


def held(script: str, candidate: Candidate) -> tuple[Run, KnownAnswers]:
    plan = KNOWN_PLANS[script]()
    behaviour = behaviour_of(candidate, plan.language)
    answers = KnownAnswers(script, behaviour.answers, plan)
    run = Run(plan, Actor(behaviour, plan, answers))
    run.conduct()
    return run, answers


def card_of(run: Run) -> Scorecard:
    return score(run.plan, run.state.evidence, rule_findings(run.plan, run.state.evidence))


def claims_of(run: Run, answers: KnownAnswers) -> Iterator[Claim]:
    """Every citation of the card."""
    said = {event.seq: event.text for event in run.events if isinstance(event, Answered)}
    for row in card_of(run).evaluation_breakdown or ():
        for each in row.criteria:
            if each.quote and each.turn is not None:
                assert is_quote_of(each.quote, said[each.turn])
                item = item_of(run.plan, each.criterion_id)
                place = criteria_of(run.plan, item).index(each.criterion_id)
                sources = [one for one in answers.passages_of(item) if shares_text(one.text, each.quote)]
                yield Claim(place, each.quote, tuple(sources))


def shares_text(sentence: str, quote: str) -> bool:
    return is_quote_of(sentence, quote) or is_quote_of(quote, sentence)


def item_of(plan: InterviewPlan, criterion_id: str) -> Item:
    return next(item for item in plan.items if item.criterion(criterion_id) is not None)


@pytest.mark.parametrize(("script", "candidate"), HELD, ids=str)
def test_nothing_is_called_missing_and_nothing_is_judged(script: str, candidate: Candidate) -> None:
    run, _ = held(script, candidate)
    card = card_of(run)
    assert (card.score, card.passed, card.recommendation) == (None, None, None)
    rows = card.evaluation_breakdown or ()
    assert [each.status for row in rows for each in row.criteria if each.status is not None] == []
    told = " ".join(
        [card.summary or "", *(row.reasoning for row in rows), *(card.improvement_feedback or ())]
    )
    assert [word for word in MISSING if word in told.casefold()] == []


@pytest.mark.parametrize("script", KNOWN_PLANS)
def test_nothing_from_another_subject_is_evidence(script: str) -> None:
    elsewhere = (Candidate.off_topic, Candidate.recites_rubric, Candidate.injecting, Candidate.emoji_only)
    for candidate in elsewhere:
        assert list(claims_of(*held(script, candidate))) == []


def test_no_more_passages_are_marked_wrongly_than_the_documentation_says() -> None:
    claims = [
        (script, candidate.value, claim)
        for script, candidate in HELD
        for claim in claims_of(*held(script, candidate))
    ]
    wrong = [each for each in claims if not each[2].holds]
    assert len(wrong) <= MOST_WRONG, wrong
    assert len(claims) > len(wrong)


@pytest.mark.parametrize(("script", "candidate"), HELD, ids=str)
def test_who_was_not_asked_is_not_said_to_have_been(script: str, candidate: Candidate) -> None:
    """A criterion is either asked about, as the transcript shows, or marked as not asked."""
    run, _ = held(script, candidate)
    probed = {turn.text for turn in run.turns if turn.speaker == "ai"}
    for row in card_of(run).evaluation_breakdown or ():
        for each in row.criteria:
            probe = item_of(run.plan, each.criterion_id).criterion(each.criterion_id)
            assert probe is not None
            if not each.asked:
                assert not any(probe.probe in text for text in probed)
                assert not each.quote
