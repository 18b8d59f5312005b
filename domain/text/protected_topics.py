"""Topics that no interviewer may ask about, as patterns in English and German.

Age, family and pregnancy, health and disability, religion, origin, union, politics, orientation. They apply to what
the *interviewer* says and to questions that operators write, never to what a candidate says.
"""

# ruff: noqa: E501 - patterns stay on one line, so that they can be searched for
import re

_PATTERNS: dict[str, str] = {
    "age": r"how old|your age\b|date of birth|born in (?:19|20)\d\d|when were you born|year of birth|when do you (?:plan to )?retire"
    r"|wie alt|ihr alter\b|dein alter\b|geburtsdatum|geburtsjahr|wann (?:sind sie|bist du) geboren|kurz vor der rente",
    "family": r"are you (?:married|single|engaged|divorced)|your (?:husband|wife|spouse|marital status|children|kids|family (?:plans?|situation|status))"
    r"|do you (?:have|want|plan(?: on| to have)?) (?:any )?(?:children|kids|a family)|child ?care|family planning"
    r"|(?:sind sie|bist du) (?:verheiratet|ledig|geschieden)|(?:haben sie|hast du) (?:kinder|familie)|familienstand|kinderwunsch|familienplanung"
    r"|(?:ihre|deine) (?:kinder|frau|familie)|(?:ihr|dein) (?:mann|ehemann)",
    "pregnancy": r"pregnan|maternity|paternity leave|schwanger|mutterschutz|elternzeit",
    "health": r"your (?:health|medical|illness|disabilit|sick)|do you (?:have|suffer from) (?:any |a )?(?:illness|disabilit|disease|medical|health|chronic|condition)"
    r"|how often (?:are|were) you (?:sick|ill)|medication|mental health history|are you disabled"
    r"|(?:ihre|deine) gesundheit|(?:ihre|deine) behinderung|schwerbehinder|(?:sind sie|bist du) (?:krank|gesund|behindert)|vorerkrankung|krankheitstage",
    "religion": r"your (?:religion|faith|church)|which church|are you (?:religious|christian|muslim|jewish|hindu|catholic)|do you (?:pray|believe in god)"
    r"|(?:ihre|deine) religion|(?:ihr|dein) glaube|konfession|(?:sind sie|bist du) (?:religiös|christ|muslim|jüdisch|katholisch|evangelisch)",
    "origin": r"where (?:are you|do you) (?:really |originally )?(?:from|come from)|your (?:nationality|ethnic|race\b|skin|native country|accent|citizenship|mother tongue)"
    r"|country of birth|were you born (?:here|abroad)|immigrant|woher (?:kommen sie|kommst du|stammen sie|stammst du)|nationalität|staatsangehörigkeit"
    r"|herkunftsland|migrationshintergrund|(?:ihr|dein) akzent|muttersprache|ethnisch|hautfarbe",
    "union": r"trade union|labou?r union|union member|member of a union|works council member|gewerkschaft|betriebsratsmitglied",
    "politics": r"who (?:did|do) you vote|political (?:party|views|opinion)|your politics|welche partei|(?:politische|politischen) (?:meinung|ansicht|gesinnung)",
    "orientation": r"sexual orientation|are you (?:gay|straight|lesbian|trans)\b|gender identity|sexuelle orientierung|geschlechtsidentität",
}
PROTECTED: dict[str, re.Pattern[str]] = {
    topic: re.compile(rf"\b(?:{pattern})", re.IGNORECASE) for topic, pattern in _PATTERNS.items()
}


def protected_topics(text: str) -> list[str]:
    """The names of the protected topics that a text touches; empty when there are none."""
    return [topic for topic, pattern in PROTECTED.items() if pattern.search(text)]
