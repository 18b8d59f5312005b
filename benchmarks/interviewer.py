"""`python -m benchmarks.interviewer`: scripted candidates held by the built-in interviewer, and what is measured of it.

Three known scripts with answers written by hand, under a clock set by hand: the same table every time. It stands in
docs/interview.md, and a test holds it against what the code says now. `--write` puts it there.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from domain.interview.candidates.behaviour import behaviour_of, candidates_for
from domain.interview.candidates.kinds import Candidate
from domain.interview.rehearsal import Rehearsal, rehearse
from domain.plan.items import InterviewPlan
from tests.support.known_answers import KnownAnswers
from tests.support.known_plans import KNOWN_PLANS

DOCUMENT = Path(__file__).parent.parent / "docs" / "interview.md"
BEGIN, END = "<!-- candidates: python -m benchmarks.interviewer --write -->\n", "<!-- /candidates -->"
COLUMNS = (
    "candidate",
    "script",
    "interviewer",
    "turns",
    "minutes",
    "question twice",
    "sentence twice",
    "praised",
    "unanswered",
    "two questions",
    "criteria lost",
    "no answer counted",
    "answer not counted",
    "naming",
)


def table() -> str:
    """The table as Markdown."""
    head = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    return "\n".join([*head, *_rows()]) + "\n"


def _rows() -> Iterator[str]:
    for name, plan_of in KNOWN_PLANS.items():
        plan = plan_of()
        for candidate in candidates_for(scene=plan.scene is not None):
            yield _row(candidate, name, rehearse_known(candidate, name, plan))


def rehearse_known(candidate: Candidate, script: str, plan: InterviewPlan) -> Rehearsal:
    """One candidate with the answers that were written for this script."""
    answers = KnownAnswers(script, behaviour_of(candidate, plan.language).answers, plan)
    return rehearse(plan, candidate, answers)


def _row(candidate: Candidate, script: str, held: Rehearsal) -> str:
    figures = held.figures
    cells = (
        candidate.value,
        script,
        "built-in",
        figures.turns,
        held.minutes,
        figures.main_questions_twice,
        figures.sentences_twice,
        figures.praised_non_answers,
        figures.questions_unanswered,
        figures.several_questions,
        figures.criteria_lost,
        figures.non_answers_counted,
        figures.answers_not_counted,
        f"{figures.naming} of {figures.follow_ups}",
    )
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def with_table(text: str) -> str:
    """The document with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{table()}{END}{rest.partition(END)[2]}"


def main() -> None:
    if "--write" in sys.argv:
        DOCUMENT.write_text(with_table(DOCUMENT.read_text("utf-8")), "utf-8")
    else:
        print(table(), end="")


if __name__ == "__main__":
    main()
