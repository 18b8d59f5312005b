"""E-mail addresses: whether one is well-formed, and the forms for comparing it and for sending to it.

The rules are those of the library `email_validator`. No DNS: whether a domain accepts mail shows when mail is sent.
"""

import unicodedata
from contextlib import suppress

from email_validator import EmailNotValidError, ValidatedEmail, validate_email
from pydantic_core import PydanticCustomError

MAX_CHARACTERS = 254


def parse_address(address: str) -> str:
    """The address in its normal form. Raises a pydantic error, for the field that has it."""
    text = address.strip()
    if len(text) > MAX_CHARACTERS:
        raise PydanticCustomError("email", "An address has at most 254 characters.")
    try:
        return _validate(text).normalized
    except EmailNotValidError:
        raise PydanticCustomError("email", "Give an e-mail address such as ada@example.com.") from None


def is_address(text: str) -> bool:
    """Whether the text, unchanged, is a well-formed address."""
    try:
        return len(text) <= MAX_CHARACTERS and bool(_validate(text))
    except EmailNotValidError:
        return False


def comparison_form(address: str) -> str:
    """The form in which addresses are compared: letter case and the spelling of the domain do not count.

    Accepts any text, because people search with part of an address. Letters become lower case but are not folded:
    `weiß` and `weiss` are two mailboxes.
    """
    local, at, domain = unicodedata.normalize("NFC", wire_form(address)).rpartition("@")
    return f"{local.lower()}{at}{domain.lower()}"


def wire_form(address: str) -> str:
    """The address with its domain in ASCII, as headers and mail servers need it. Other text stays unchanged."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    with suppress(EmailNotValidError, UnicodeError):
        # the domain alone; in IDNA 2008 straße and strasse are two names
        domain = _validate(f"x@{domain}").ascii_domain
    return f"{local}{at}{domain}"


def _validate(text: str) -> ValidatedEmail:
    # test_environment: .test and .example are not public, but tests and demonstrations use them;
    # strict: servers refuse more than 64 characters before the @
    return validate_email(text, check_deliverability=False, test_environment=True, strict=True)
