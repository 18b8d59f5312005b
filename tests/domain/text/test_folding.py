"""Text as searches compare it."""

from unicodedata import normalize

import pytest

from domain.text.folding import fold, search_text

SAME = [
    ("Müller", "MÜLLER"),
    ("Zoë", "ZOË"),
    ("Weiß", "WEISS"),
    ("\u0130smail", "ismail"),
    ("I\u015eIK", "\u0131\u015f\u0131k"),
    ("\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3"),
    ("\u0416\u0430\u043d\u043d\u0430", "\u0416\u0410\u041d\u041d\u0410"),
    ("\uff21\uff22\uff23", "abc"),
    ("\ufb01ona", "Fiona"),
    ("Nguy\u1ec5n", "NGUY\u1ec4N"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_case_and_form_do_not_count(one: str, other: str, form: str) -> None:
    assert fold(normalize(form, one)) == fold(other)  # type: ignore[arg-type]
    assert fold(fold(one)) == fold(one)


def test_accents_count() -> None:
    assert fold("Muller") != fold("Müller")


def test_each_value_has_a_line_of_its_own() -> None:
    assert search_text("Zoë", "Z@Example.com", None) == "zoë\nz@example.com\n"
    assert search_text("A", "b", "ATS-1") == "a\nb\nats-1"
