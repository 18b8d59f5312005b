"""Addresses: which are well-formed, which are the same mailbox, and their form for sending."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from domain.mail.addresses import comparison_form, is_address, parse_address, wire_form


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" ada@example.com ", "ada@example.com"),
        ("Ada.Lovelace+jobs@Example.COM", "Ada.Lovelace+jobs@example.com"),
        ("ada@xn--bcher-kva.example", "ada@bücher.example"),
        ("ada@bücher.example", "ada@bücher.example"),
        ("ü@example.com", "ü@example.com"),
        ("ada@acme.test", "ada@acme.test"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
    ],
)
def test_a_well_formed_address_is_kept_as_it_should_be_written_to(given: str, kept: str) -> None:
    assert parse_address(given) == kept
    assert is_address(kept)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "ada@localhost",
        "ada@example..com",
        "ada@example.com.",
        "ada@[127.0.0.1]",
        '"a b"@example.com',
        "Ada <ada@example.com>",
        "ada@example.com,eve@example.com",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada\r@example.com",
        "ada\n@example.com",
        "ada\x00@example.com",
        "ada\x7f@example.com",
        "\u202eada@example.com",
        "ada@exa\u200bmple.com",
        "\ud800@example.com",
        "a" * 65 + "@example.com",
        "a" * 64 + "@" + ".".join(["b" * 60] * 4) + ".example",
    ],
)
def test_anything_else_is_refused_without_repeating_it(wrong: str) -> None:
    assert not is_address(wrong)
    with pytest.raises(PydanticCustomError) as refused:
        parse_address(wrong)
    # always Viva's own sentence, because a model reads it
    assert str(refused.value) in (
        "Give an e-mail address such as ada@example.com.",
        "An address has at most 254 characters.",
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Example.com", "ada@EXAMPLE.COM"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("Zo\u00eb@example.com", "zoe\u0308@example.com"),
    ],
)
def test_two_spellings_of_one_mailbox_compare_equal(one: str, other: str) -> None:
    assert comparison_form(one) == comparison_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("weiß@example.com", "weiss@example.com"),
        ("ada@straße.example", "ada@strasse.example"),
        ("ada+a@example.com", "ada+b@example.com"),
        ("a.da@example.com", "ada@example.com"),
    ],
)
def test_two_mailboxes_do_not_compare_equal(one: str, other: str) -> None:
    assert comparison_form(one) != comparison_form(other)


def test_the_wire_form_has_an_ascii_domain_and_leaves_the_rest() -> None:
    assert wire_form("ü@bücher.example") == "ü@xn--bcher-kva.example"
    assert wire_form("Ada@Example.com") == "Ada@Example.com"


@given(st.text(max_size=80))
def test_any_text_can_be_compared_and_a_second_time_changes_nothing(text: str) -> None:
    assert comparison_form(comparison_form(text)) == comparison_form(text)


@given(st.text(alphabet=st.characters(), max_size=80))
def test_what_passes_has_no_blanks_no_controls_and_one_mailbox(text: str) -> None:
    if is_address(text):
        kept = parse_address(text)
        assert kept.isprintable()
        assert not any(letter.isspace() for letter in kept)
        assert is_address(kept)
