"""E-mail addresses: whether one is well-formed, and the forms in which it is compared and written on the wire.

The one place in the domain that leans on a library (`email_validator`): its rules are the domain's here. No DNS:
whether a domain takes mail is found out when mail is sent.
"""

import unicodedata
from contextlib import suppress

from email_validator import EmailNotValidError, ValidatedEmail, validate_email
from pydantic_core import PydanticCustomError

MOST = 254


def well_formed(address: str) -> str:
    """The address as it should be written to, or a pydantic error for its field."""
    text = address.strip()
    if len(text) > MOST:
        raise PydanticCustomError("email", "An address has at most 254 characters.")
    try:
        return _checked(text).normalized
    except EmailNotValidError:
        raise PydanticCustomError("email", "Give an e-mail address such as ada@example.com.") from None


def is_address(text: str) -> bool:
    """Whether mail can be written to this, as it stands."""
    try:
        return len(text) <= MOST and bool(_checked(text))
    except EmailNotValidError:
        return False


def comparable(address: str) -> str:
    """The form in which addresses are compared: letter case does not count, nor how a domain is spelled.

    Takes any text, since people search with half an address. Letters are lowered, not folded: `weiß` and
    `weiss` are two mailboxes.
    """
    local, at, domain = unicodedata.normalize("NFC", wire_form(address)).rpartition("@")
    return f"{local.lower()}{at}{domain.lower()}"


def wire_form(address: str) -> str:
    """The address with its domain in ASCII, as headers and mail servers want it; other text stays as it is."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    with suppress(EmailNotValidError, UnicodeError):
        # the domain alone: IDNA 2008, in which straße and strasse are two names
        domain = _checked(f"x@{domain}").ascii_domain
    return f"{local}{at}{domain}"


def _checked(text: str) -> ValidatedEmail:
    # .test and .example are kept out of the public mail system, not out of tests and demonstrations;
    # strict: servers refuse more than 64 characters before the @
    return validate_email(text, check_deliverability=False, test_environment=True, strict=True)
