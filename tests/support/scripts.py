"""Scripts as people write them: sound ones in English and German, with items and as a scene."""

# ruff: noqa: E501 - texts as they would be sent
import copy
from typing import Any

BACKEND: dict[str, Any] = {
    "language": "en",
    "opening": "We talk about work you have done yourself. Take your time before you answer.",
    "items": [
        {
            "question": "Walk me through a change to a PostgreSQL schema that you brought into production.",
            "dimension": "System design",
            "criteria": [
                {
                    "text": "Names what was measured before the change",
                    "probe": "Which numbers did you look at beforehand?",
                },
                {
                    "text": "Describes the order of the steps, one after the other",
                    "probe": "In which sequence did you carry it out?",
                },
                {
                    "text": "Names the rollback plan",
                    "probe": "And if it had gone wrong in production?",
                    "must_have": True,
                },
            ],
            "easier": "What do you look at before you add a column to a large table?",
            "follow_ups": {"expert": "What would you do differently with a table ten times that size?"},
            "anchors": {
                "low": "Ran a script by hand and hoped.",
                "middle": "Planned the steps, no way back.",
                "high": "Measured, planned, and could go back at any point.",
            },
            "minutes": 8,
        },
        {
            "question": "Which Python service have you kept running under load, and how?",
            "dimension": "System design",
            "criteria": [
                {
                    "text": "Says where the limit of the service was",
                    "probe": "At what point did it stop coping?",
                },
                {
                    "text": "Gives the cause of the slowdown",
                    "probe": "How did you find out what slowed it down?",
                },
                {
                    "text": "Explains why this fix and no other",
                    "probe": "What else could you have done instead?",
                },
            ],
            "anchors": {"low": "More servers.", "high": "Measured cause, reasoned fix."},
            "minutes": 7,
        },
        {
            "question": "Tell me about a decision of your team that you thought was wrong.",
            "dimension": "Communication",
            "criteria": [
                {
                    "text": "Names the reasons the others had",
                    "probe": "Why did the rest of the group see it that way?",
                },
                {
                    "text": "Says what they told the team themselves",
                    "probe": "What did you say to them, and when?",
                },
                {
                    "text": "Describes how it was settled",
                    "probe": "What was agreed in the end?",
                },
            ],
            "anchors": {"low": "Complains.", "high": "Both sides, and an agreement."},
            "minutes": 6,
        },
        {
            "question": "Tell me about a mistake of yours that others had to live with.",
            "dimension": "Ownership",
            "criteria": [
                {"text": "Says who was affected", "probe": "Who noticed it first?"},
                {
                    "text": "Names what they changed so that it does not happen again",
                    "probe": "What is different today because of it?",
                },
            ],
            "anchors": {"low": "Blames others.", "high": "Names the damage and the change."},
            "minutes": 5,
        },
    ],
    "facts": [
        {"question": "What is the pay range?", "answer": "68,000 to 80,000 euros a year, by experience."},
        {"question": "Where is the team?", "answer": "In Leipzig and at home; two days a week together."},
        {"question": "What happens next?", "answer": "Somebody of the team writes to you within a week."},
        {"question": "May I use notes?", "answer": "Yes, your own notes are fine."},
    ],
    "closing": "A person of the team reads what you wrote.",
}

SUPPORT_DE: dict[str, Any] = {
    "language": "de",
    "opening": "Es geht um Ihre Arbeit mit Kundinnen und Kunden. Nehmen Sie sich Zeit.",
    "items": [
        {
            "question": "Erzählen Sie von einer Kundin, die sehr verärgert war, als sie sich bei Ihnen meldete.",
            "dimension": "Kundenorientierung",
            "criteria": [
                {
                    "text": "Gibt wieder, worüber die Kundin verärgert war",
                    "probe": "Was hatte sie so aufgebracht?",
                },
                {
                    "text": "Beschreibt, wie das Gespräch ruhiger wurde",
                    "probe": "Wodurch hat sich die Stimmung verändert?",
                },
                {
                    "text": "Nennt, was der Kundin zugesagt wurde",
                    "probe": "Worauf haben Sie sich mit ihr geeinigt?",
                },
            ],
            "anchors": {"low": "Hat weiterverbunden.", "high": "Anlass, Wendung und Zusage."},
            "minutes": 6,
        },
        {
            "question": "Wie gehen Sie vor, wenn Sie in Zendesk zehn offene Anfragen zugleich haben?",
            "dimension": "Organisation",
            "criteria": [
                {
                    "text": "Nennt die Reihenfolge und woran sie sich ausrichtet",
                    "probe": "Welche Anfrage kommt zuerst dran?",
                },
                {
                    "text": "Sagt, wie Wartende Bescheid bekommen",
                    "probe": "Was erfahren die anderen so lange?",
                },
                {
                    "text": "Nennt, wann Hilfe geholt wird",
                    "probe": "Ab wann geben Sie etwas weiter?",
                },
            ],
            "anchors": {"low": "Der Reihe nach.", "high": "Begründete Reihenfolge, Rückmeldung, Eskalation."},
            "minutes": 6,
        },
    ],
    "facts": [
        {
            "question": "Wie sind die Arbeitszeiten?",
            "answer": "Montag bis Freitag zwischen 8 und 18 Uhr, 38 Stunden.",
        },
        {
            "question": "Geht das auch von zu Hause?",
            "answer": "Ja, nach der Einarbeitung bis zu drei Tage in der Woche.",
        },
    ],
    "closing": "Ein Mensch aus dem Team liest Ihre Antworten.",
}

BAKERY: dict[str, Any] = {
    "language": "en",
    "opening": "",
    "scene": {
        "role": "Ms Weber, head of purchasing at a bakery chain with 40 shops.",
        "situation": "You sell route-planning software for delivery vans. Ms Weber has your quote of 900 euros a month and a cheaper one from another vendor. You have ten minutes on the phone and want a trial with five vans.",
        "opening": "Weber. You sent us this quote for the vans; I have five minutes, so why is it twice the price of the other one?",
        "private": [
            {
                "question": "How many vans do you have?",
                "answer": "Twenty-two vans, seven of them on night routes.",
            },
            {
                "question": "What goes wrong today?",
                "answer": "Two or three deliveries a day come late, and the shops complain.",
            },
            {
                "question": "Who decides?",
                "answer": "Anything above 500 euros a month goes to my managing director.",
            },
        ],
        "objections": [
            {
                "trigger": "The seller defends the price",
                "line": "The other vendor asks 450 euros for the same thing.",
            },
            {
                "trigger": "The seller talks about features",
                "line": "My drivers know their routes. They do not need software to tell them.",
            },
            {
                "trigger": "The seller proposes a trial",
                "line": "And who sets it up for five vans while we are short of staff?",
            },
            {"trigger": "The seller asks for a decision", "line": "I cannot decide 900 euros alone."},
        ],
        "good_ending": "All right. Five vans, four weeks, and you send me the setup plan today.",
        "bad_ending": "Then we stay with the cheaper vendor. Thank you for your call.",
        "dimensions": [
            {
                "dimension": "Needs analysis",
                "criteria": [
                    {
                        "text": "Asks what goes wrong with deliveries today",
                        "probe": "You have not seen one of our mornings, have you, with the late deliveries?",
                    },
                    {
                        "text": "Asks who decides about the budget",
                        "probe": "And what do I tell my managing director about the money?",
                    },
                ],
            },
            {
                "dimension": "Handling objections",
                "criteria": [
                    {
                        "text": "Puts the price in relation to the cost of late deliveries",
                        "probe": "What do I get for the other 450 euros?",
                    },
                    {
                        "text": "Agrees on a next step with a date",
                        "probe": "And when would I hear from you again?",
                    },
                ],
            },
        ],
    },
    "facts": [{"question": "Who reads this?", "answer": "The head of sales and one colleague."}],
}


def changed(script: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of a script with one member set, named like `items.0.question`."""
    copied = copy.deepcopy(script)
    *way, last = path.split(".")
    part: Any = copied
    for step in way:
        part = part[int(step)] if step.isdigit() else part[step]
    part[int(last) if last.isdigit() else last] = value
    return copied
