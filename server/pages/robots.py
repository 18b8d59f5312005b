"""Tells programs that look at links, such as scanners of mails and previews of messages, from candidates."""

import re

from starlette.datastructures import Headers

# What browsers and proxies send with a request that nobody asked for yet.
_PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_NOT_YET_WANTED = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)
# Programs name themselves or the address that explains them; no browser does. CUBOT is a maker of telephones.
_PROGRAM = re.compile(
    r"\+https?://|(?<!CU)(?<!Cu)(?<!cu)bot[/;,) ]|crawler|spider|externalhit|scanner|linkpreview",
    re.IGNORECASE,
)


def is_robot(headers: Headers) -> bool:
    """Whether the request says of itself that no person waits for its answer."""
    if any(_NOT_YET_WANTED.search(headers.get(name, "")) for name in _PURPOSES):
        return True
    return _PROGRAM.search(headers.get("user-agent", "")) is not None
