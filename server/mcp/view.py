"""What the address of a connection asks for: `?toolsets=all` or a list of toolsets, `?read_only=1`.

Whoever misspells a switch believes that it holds: a connection meant to be read-only would stay writable. So an address
with anything unknown or malformed is refused as a whole, before a message is read.
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from domain.errors import Invalid
from tools.kernel.operation import EVERYDAY, Toolset

_YES = ("1", "true")
_NO = ("0", "false")
_ALL = "all"
_DEFAULT = "default"


class BadAddress(Invalid):
    """The query of the address is not understood. The hint names every switch there is."""

    code = "bad_address"
    message = "The address of this connection has a switch that Viva does not understand."
    hint = (
        "Nothing was done. Correct the address: toolsets takes all, default or a comma-separated list of "
        f"{', '.join(Toolset)}; read_only takes 1, true, 0 or false; each at most once, and nothing else."
    )


@dataclass(frozen=True, slots=True)
class View:
    """Which tools a connection shows. `names_toolsets`: it offers no others either."""

    toolsets: frozenset[Toolset] = EVERYDAY
    read_only: bool = False
    names_toolsets: bool = False

    @staticmethod
    @lru_cache(maxsize=512)
    def of(query: str) -> "View":
        """Read a query string; `BadAddress` for a switch or value that does not exist, is empty or repeated."""
        try:
            pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=10)
        except ValueError:
            raise BadAddress() from None
        asked = dict(pairs)
        if len(asked) < len(pairs) or not asked.keys() <= {"toolsets", "read_only"}:
            raise BadAddress()
        toolsets = _toolsets(asked["toolsets"]) if "toolsets" in asked else EVERYDAY
        return View(toolsets, _is_yes(asked.get("read_only", "0")), "toolsets" in asked)


def _toolsets(text: str) -> frozenset[Toolset]:
    names = {name.strip() for name in text.split(",")}
    if not names <= {_ALL, _DEFAULT, *Toolset}:
        raise BadAddress()
    if _ALL in names:
        return frozenset(Toolset)
    named = frozenset(Toolset(name) for name in names - {_DEFAULT})
    return named | EVERYDAY if _DEFAULT in names else named


def _is_yes(text: str) -> bool:
    if text not in (*_YES, *_NO):
        raise BadAddress()
    return text in _YES
