"""Language tags as a table."""

import pytest
from pydantic_core import PydanticCustomError

from domain.text.languages import language_tag
from tests.contract.promise import promise


@promise("templates.language")
@pytest.mark.parametrize(
    ("said", "tag"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("English", "en"),
        ("japanese", "ja"),
        (" Hindi ", "hi"),
        ("spanish", "es"),
        ("pt-br", "pt-BR"),
        ("pt_BR", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("fil", "fil"),
    ],
)
def test_a_language_is_a_tag_or_a_name(said: str, tag: str) -> None:
    assert language_tag(said) == tag


@pytest.mark.parametrize("said", ["", "e", "klingonese", "en-", "en US", "日本語", "en-\x00x", "x" * 40])
def test_anything_else_is_refused(said: str) -> None:
    with pytest.raises(PydanticCustomError):
        language_tag(said)
