"""Texts of criteria, probes and anchors that do not come from the rubric, English and German.

Data only; `domain.plan.composer` applies it.
"""

from domain.plan.question_patterns import Signal

TOPIC_WITH_SKILL = {"en": "{topic} with {skill}", "de": "{topic} mit {skill}"}
SPECIFIC_CRITERION = {
    "en": "What is said about {skill} is correct and specific",
    "de": "Die Aussagen zu {skill} sind richtig und konkret",
}
SPECIFIC_PROBE = {
    "en": "What does that look like in detail, down to one concrete spot?",
    "de": "Wie sieht das im Einzelnen aus, an einer konkreten Stelle?",
}
# A role play without a scene is talked about, never improvised: easier, common, harder, first and second question.
ABOUT_SITUATION = {
    "en": (
        (
            "In the situation described at the start: what would you say or do first where it comes to {topic}?",
            "In the situation described at the start: what would you say and do where it comes to {topic}?",
            "In the situation described at the start: what would you say and do where {topic} is hardest in it?",
        ),
        (
            "Still in that situation: what would a reply that makes {topic} difficult sound like?",
            "Still in that situation: your first attempt does not help; how do you go on where it comes to {topic}?",
            "Still in that situation: how do you go on where it comes to {topic} when nothing so far has helped?",
        ),
    ),
    "de": (
        (
            "In der anfangs beschriebenen Situation: Was würden Sie zuerst sagen oder tun, wenn es um {topic} geht?",
            "In der anfangs beschriebenen Situation: Was würden Sie sagen und tun, wenn es um {topic} geht?",
            "In der anfangs beschriebenen Situation: Was würden Sie dort sagen und tun, wo {topic} am schwersten ist?",
        ),
        (
            "Noch in dieser Situation: Wie klänge eine Antwort, die {topic} schwer macht?",
            "Noch in dieser Situation: Ihr erster Versuch hilft nicht; wie machen Sie weiter, wenn es um {topic} geht?",
            "Noch in dieser Situation: Wie machen Sie weiter, wenn es um {topic} geht und bisher nichts geholfen hat?",
        ),
    ),
}
# The question about a solution, easier, common and harder.
EXPLANATION_QUESTIONS = {
    "en": (
        "How does your solution work, in a few sentences?",
        "Why did you solve it this way, and where does your solution reach its limits?",
        "How does your solution behave with very large or unusual input, and what would you change?",
    ),
    "de": (
        "Wie funktioniert Ihre Lösung, in wenigen Sätzen?",
        "Warum haben Sie es so gelöst, und wo stößt Ihre Lösung an Grenzen?",
        "Wie verhält sich Ihre Lösung bei sehr großen oder ungewöhnlichen Eingaben, und was würden Sie ändern?",
    ),
}
# The criteria of that question: text, probe, signal.
EXPLANATION_CRITERIA = {
    "en": (
        (
            "Describes correctly what the code does",
            "Which part of the code does the main work?",
            Signal.steps,
        ),
        ("Names the cost in time or memory", "What does it cost to run?", None),
        ("Names cases that need special care", "Which input would you try next?", None),
        ("Gives reasons for the approach", "What else did you consider?", Signal.reasons),
    ),
    "de": (
        (
            "Beschreibt richtig, was der Code tut",
            "Welcher Teil des Codes leistet die Hauptarbeit?",
            Signal.steps,
        ),
        ("Nennt den Aufwand an Zeit oder Speicher", "Was kostet die Ausführung?", None),
        (
            "Nennt Fälle, die besondere Sorgfalt brauchen",
            "Welche Eingabe würden Sie als Nächstes versuchen?",
            None,
        ),
        ("Begründet den Ansatz", "Was haben Sie noch erwogen?", Signal.reasons),
    ),
}
TEST_CRITERION = {"en": "Passes the test cases", "de": "Besteht die Testfälle"}
# What low, middle and high answers have in common, for questions without anchors of their own.
ANCHOR_TEXTS = {
    "en": {
        "low": "Meets few of the criteria, stays general or does not answer the question.",
        "middle": "Meets about half of the criteria; some statements cannot be checked.",
        "high": "Meets all or nearly all criteria with statements that can be checked{level}.",
    },
    "de": {
        "low": "Erfüllt wenige Kriterien, bleibt allgemein oder beantwortet die Frage nicht.",
        "middle": "Erfüllt etwa die Hälfte der Kriterien; manche Aussagen sind nicht überprüfbar.",
        "high": "Erfüllt alle oder fast alle Kriterien mit überprüfbaren Aussagen{level}.",
    },
}
