"""Which fact is told to whom: the one that is asked about, and none for a word that stands in any question."""

import pytest

from domain.interview.facts import find_fact
from domain.listening.reader import read_acts
from tests.support.known_plans import KNOWN_PLANS

PAY, PLACE = "68,000 to 80,000 euros a year", "In Leipzig and at home"
HOURS, HOME = "Montag bis Freitag", "nach der Einarbeitung"


@pytest.mark.parametrize(
    ("script", "question", "told"),
    [
        ("backend", "what's the pay", PAY),
        ("backend", "Is there remote work?", PLACE),
        ("backend", "Where is the team based?", PLACE),
        ("backend", "What happens if I skip?", None),
        ("backend", "Where do I park?", None),
        ("backend", "Is there work on Sundays?", None),
        ("support_de", "Wie sind denn die Arbeitszeiten so?", HOURS),
        ("support_de", "Gibt es Homeoffice?", HOME),
        ("support_de", "Wie geht es jetzt weiter?", None),
        ("support_de", "Geht das auch mit Kind?", None),
        ("support_de", "Was gibt es in der Kantine?", None),
    ],
)
def test_a_fact_is_told_only_to_who_asks_for_it(script: str, question: str, told: str | None) -> None:
    plan = KNOWN_PLANS[script]()
    fact = find_fact(plan, read_acts(question, plan.language, "x"))
    assert (
        (fact is None)
        if told is None
        else (fact is not None and fact.answer.startswith((told, "Ja, " + told)))
    )
