"""What a report's first screen shows of a report: what is asked of the reader, bars, passages and open points.

Only what the report holds is arranged here; nothing is judged, and a dimension without a number gets no bar.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from domain.vocabulary import Scale

Report = Mapping[str, Any]

# How many passages and open points the first screen shows.
SHOWN = 3
# So much of a quote stands on the first screen; the whole of it stands further down.
QUOTE_CHARACTERS = 180
# The order of what is found, the most telling first; None: nobody has judged it.
_STRENGTH = ("met", "partly", None)
_WEAKNESS = ("contradicted", "not_met", "partly")
# What the interview's page lets a candidate ask for.
_WISHES = frozenset({"human", "adjustment"})


@dataclass(frozen=True)
class Bar:
    """A dimension; `share` of the scale between 0 and 100, None without a number."""

    name: str
    weight: str
    score: str | None
    share: float | None


@dataclass(frozen=True)
class Passage:
    """A quote with what it may show. `status` None: nobody has judged it."""

    quote: str
    turn: int
    criterion: str
    dimension: str
    status: str | None


@dataclass(frozen=True)
class OpenPoint:
    """Something that a person should look at. `kind` names its text; `turns` are where to read."""

    kind: str
    text: str = ""
    quote: str = ""
    turns: Sequence[int] = ()
    measured: Mapping[str, int] | None = None


def asked_of_reader(report: Report) -> str:
    """The key of what the reader is asked to do now."""
    if report["status"] != "completed":
        return f"asked.{report['status']}"
    if report["session_mode"] == "practice_session":
        return "asked.practice"
    state = report["assessment"]["state"] if report["assessment"] else "awaiting_assessment"
    if state == "awaiting_assessment" and report["session_mode"] == "manual_review":
        return "asked.manual"
    if state == "awaiting_assessment" and report["scorecard"] is None:
        return "asked.soon"
    if state == "proposed" and report["scorecard"] and report["scorecard"]["method"] == "rules":
        return "asked.confirm_tests"
    return {"awaiting_assessment": "asked.assess", "proposed": "asked.confirm"}.get(state, "asked.nothing")


def minutes_held(report: Report) -> int | None:
    """Minutes from the first to the last word, rounded up; None when it was not held to an end."""
    if report["ended_at"] and report["transcript"]:
        last: int = report["transcript"][-1]["end_ms"]
        return max(1, -(-last // 60_000))
    if not report["started_at"] or not report["ended_at"]:
        return None
    start, end = (datetime.fromisoformat(report[name]) for name in ("started_at", "ended_at"))
    return max(1, -(-int((end - start).total_seconds()) // 60))


def rows_of(report: Report) -> list[dict[str, Any]]:
    """The dimensions of the scorecard; none where there is no card, or the profile leaves them out."""
    return (report["scorecard"] or {}).get("evaluation_breakdown") or []


def is_judged(report: Report) -> bool:
    """Whether anything on the scorecard was judged or measured."""
    return any(each["status"] for row in rows_of(report) for each in row["criteria"])


def bars(report: Report) -> list[Bar]:
    """The dimensions in the card's order."""
    return [
        Bar(
            row["name"],
            plain_weight(row["weight"]),
            row["score"],
            _share(row["score"], report["score_scale"]),
        )
        for row in rows_of(report)
    ]


def plain_weight(weight: str) -> str:
    """A weight without zeros that only its column has: one database says 60, the other 60.0."""
    return f"{Decimal(weight).normalize():f}"


def pass_mark(report: Report) -> float | None:
    """Where on a bar the pass mark of the whole stands, between 0 and 100; None without a card."""
    return _share(report["scorecard"]["threshold"], report["score_scale"]) if report["scorecard"] else None


def _share(score: str | None, scale: str) -> float | None:
    if score is None:
        return None
    return round(min(100.0, max(0.0, float(score) / Scale(scale).top * 100)), 2)


def passages(report: Report) -> list[Passage]:
    """The passages to read first: what is shown best, by weight; no words twice, dimensions taking turns."""
    by_dimension = []
    for row in sorted(rows_of(report), key=lambda row: -float(row["weight"])):
        found = [
            Passage(each["quote"], each["turn"], each["text"], row["name"], each["status"])
            for each in sorted(row["criteria"], key=lambda each: -each["question_weight"])
            if each["quote"] and each["turn"] is not None and each["status"] in _STRENGTH
        ]
        by_dimension.append(sorted(found, key=lambda each: _STRENGTH.index(each.status)))
    best: list[Passage] = []
    for status in _STRENGTH:
        for each in _take_turns([each for each in group if each.status == status] for group in by_dimension):
            if not any(_overlap(each, other) for other in best):
                best.append(each)
    return best[:SHOWN]


def _overlap(one: Passage, other: Passage) -> bool:
    return one.turn == other.turn and (one.quote in other.quote or other.quote in one.quote)


def open_points(report: Report) -> list[OpenPoint]:
    """All open points, the kinds taking turns: wishes, questions to people, what was not reached, what nobody found."""
    return list(
        _take_turns([_wishes(report), _questions_to_people(report), _missed(report), _unfound(report)])
    )


def _take_turns(groups: Iterable[Sequence[Any]]) -> Iterator[Any]:
    for each in zip_longest(*groups):
        yield from (one for one in each if one is not None)


def _wishes(report: Report) -> list[OpenPoint]:
    return [
        OpenPoint(
            f"open.wish.{each['kind'] if each['kind'] in _WISHES else 'other'}", quote=each["text"] or ""
        )
        for each in report["help_requests"]
    ]


def _questions_to_people(report: Report) -> list[OpenPoint]:
    said = {turn["turn"]: turn["text"] for turn in report["transcript"] or []}
    flags = (report["scorecard"] or {}).get("flags", [])
    asked = dict.fromkeys(flag["utterance"] for flag in flags if flag["kind"] == "question_for_people")
    return [OpenPoint("open.question", quote=said.get(turn, ""), turns=(turn,)) for turn in asked]


def _missed(report: Report) -> list[OpenPoint]:
    return [OpenPoint("open.not_reached", text=question) for question in report["not_reached"]]


def _unfound(report: Report) -> list[OpenPoint]:
    """Criteria that nobody judged and no passage is marked for, and those that were judged and not shown."""
    criteria = [each for row in rows_of(report) for each in row["criteria"]]
    by_words = report["scorecard"] is not None and report["scorecard"]["method"] == "rules"
    unfound = [each for each in criteria if each["status"] is None and not each["quote"]]
    unread = [
        OpenPoint(
            "open.unread" if by_words else "open.unread_model",
            text=each["text"],
            turns=tuple(_answers(report, each)),
        )
        for each in unfound
        if each["asked"]
    ]
    never_asked = [OpenPoint("open.never_asked", text=each["text"]) for each in unfound if not each["asked"]]
    return [*_weak(report, criteria), *unread, *never_asked]


def _weak(report: Report, criteria: Sequence[Mapping[str, Any]]) -> list[OpenPoint]:
    return [
        _weak_point(report, each, status)
        for status in _WEAKNESS
        for each in criteria
        if each["status"] == status
    ]


def _weak_point(report: Report, criterion: Mapping[str, Any], status: str) -> OpenPoint:
    kind = f"open.{status}"
    if criterion["by_tests"]:
        kind = "open.tests" if criterion["measured"] else "open.no_code"
    turns = (criterion["turn"],) if criterion["turn"] is not None else tuple(_answers(report, criterion))
    return OpenPoint(kind, criterion["text"], criterion["quote"], turns, criterion["measured"])


def _answers(report: Report, criterion: Mapping[str, Any]) -> list[int]:
    turns: list[int] = report["answers"].get(str(criterion["question"]), [])
    return turns


def clip(text: str) -> str:
    """The text for the first screen, cut at a word."""
    if len(text) <= QUOTE_CHARACTERS:
        return text
    return text[:QUOTE_CHARACTERS].rsplit(None, 1)[0] + " …"
