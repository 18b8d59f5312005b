"""What candidates agree to: who may assess what they write, and what happens by itself. Its version is stored.

The version names the language model that the text names. Only what the text named may assess the session, also when
another model is set up or calibrated later.
"""

from collections.abc import Sequence

from domain.interview.log import Entry

# The day on which the text was last changed, and which of that day's texts it is.
CONSENT_TEXT = "2026-11-25.2"
_MODEL = ", model "


def consent_version(model: str) -> str:
    """The version of the text that names this model; `model` is empty where none is set up."""
    return f"{CONSENT_TEXT}{_MODEL}{model}" if model else CONSENT_TEXT


def names_model(entries: Sequence[Entry], model: str) -> bool:
    """Whether the candidate agreed to a text that names this model as one that may assess."""
    agreed = next((entry.body.get("version", "") for entry in entries if entry.kind == "consent"), "")
    return bool(model) and str(agreed).partition(_MODEL)[2] == model
