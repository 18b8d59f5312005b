"""E-mail addresses: whether one is well-formed, and the form in which two are compared.

The one place in the domain that leans on a library (`email_validator`): its rules are the domain's here. No DNS:
whether a domain takes mail is found out when mail is sent.
"""

from contextlib import suppress

from email_validator import EmailNotValidError, validate_email
from pydantic_core import PydanticCustomError

MOST = 254


def well_formed(address: str) -> str:
    """The address as it should be written to, or a pydantic error for its field."""
    text = address.strip()
    if len(text) > MOST:
        raise PydanticCustomError("email", "An address has at most 254 characters.")
    try:
        # .test and .example are kept out of the public mail system, not out of tests and demonstrations
        checked = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise PydanticCustomError("email", "Give an e-mail address such as ada@example.com.") from None
    return checked.normalized


def comparable(address: str) -> str:
    """The form in which addresses are compared: letter case does not count, a domain's spelling neither."""
    local, _, domain = address.rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return f"{local.casefold()}@{domain.casefold()}"
