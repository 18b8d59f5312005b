"""The dimensions of an interview: the profile's, or default ones when it has none."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.plan.items import Dimension
from domain.plan.sources import DimensionSource, TemplateSource
from domain.text.tokens import stems

# name, what an observer would see, weight
Row = tuple[str, str, int]

_KNOWLEDGE_ROW: Mapping[str, Row] = {
    "en": (
        "Professional knowledge",
        "Explains how things work, names limits and failure cases, checks their own results",
        40,
    ),
    "de": (
        "Fachwissen",
        "Erklärt, wie Dinge funktionieren, nennt Grenzen und Fehlerfälle, prüft eigene Ergebnisse",
        40,
    ),
}
_COMMON_ROWS: Mapping[str, tuple[Row, Row]] = {
    "en": (
        (
            "Problem solving",
            "Narrows the cause down step by step, tests assumptions, confirms the solution",
            35,
        ),
        (
            "Communication",
            "Adapts the message to the listener, makes sure it was understood, names open points",
            25,
        ),
    ),
    "de": (
        (
            "Problemlösung",
            "Grenzt die Ursache Schritt für Schritt ein, prüft Annahmen, bestätigt die Lösung",
            35,
        ),
        (
            "Kommunikation",
            "Passt die Botschaft an das Gegenüber an, vergewissert sich des Verständnisses, benennt offene Punkte",
            25,
        ),
    ),
}
_TEAM_ROW: Mapping[str, Row] = {
    "en": ("Collaboration", "Asks for the others' view, settles disagreement openly, keeps agreements", 25),
    "de": (
        "Zusammenarbeit",
        "Fragt nach der Sicht der anderen, klärt Meinungsverschiedenheiten offen, hält Absprachen ein",
        25,
    ),
}

_CLAUSE_SEPARATOR = re.compile(r"[;,.\n•·]+|(?: - )")
_LEADING_WORDS = re.compile(
    r"^(?:and|or|und|oder|sowie|also|e\.g\.|z\. ?b\.|to|is able to|can|kann|must|muss|should|ability to|fähigkeit)\s+",
    re.IGNORECASE,
)
MAX_CLAUSE_WORDS = 18


def numbered_dimensions(given: Sequence[DimensionSource]) -> tuple[Dimension, ...]:
    """The dimensions with ids from `d1` on, in their order. All weigh the same if the weights sum to 0."""
    unweighted = sum((dimension.weight for dimension in given), Decimal(0)) <= 0
    return tuple(
        Dimension(
            id=f"d{at}",
            name=dimension.name,
            description=dimension.description,
            weight=Decimal(1) if unweighted else dimension.weight,
        )
        for at, dimension in enumerate(given, start=1)
    )


def default_dimensions(template: TemplateSource, language: str) -> tuple[DimensionSource, ...]:
    """The dimensions for a template without an interviewer profile. Their weights sum to 100."""
    known = "de" if language.startswith("de") else "en"
    rows = [*([_KNOWLEDGE_ROW[known]] if template.skills else []), *_COMMON_ROWS[known]]
    if template.soft_skills or not template.skills:
        rows.append(_TEAM_ROW[known])
    total = sum(weight for _, _, weight in rows)
    shares = [Decimal(100 * weight // total) for _, _, weight in rows]
    shares[0] += 100 - sum(shares)
    return tuple(
        DimensionSource(name=name, description=description, weight=share)
        for (name, description, _), share in zip(rows, shares, strict=True)
    )


def clauses(text: str, language: str) -> list[str]:
    """The single statements of a description that can each become a criterion."""
    found: list[str] = []
    for piece in _CLAUSE_SEPARATOR.split(text):
        clause = _LEADING_WORDS.sub("", " ".join(piece.split()))
        if len(stems(clause, language)) >= 2 and len(clause.split()) <= MAX_CLAUSE_WORDS:
            found.append(clause[0].upper() + clause[1:])
    return found
