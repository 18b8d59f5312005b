"""Which URLs a workspace may use as webhook endpoints. No DNS.

A URL is parsed once, here, and the sender connects to the parsed parts, so no second parser can read another host
in the same text. A host name is accepted whatever it resolves to: `server.adapters.webhooks` resolves it each time
it sends, and checks the addresses with the same `NetworkPolicy`.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urlsplit

import idna

from domain.errors import Invalid, Issue
from domain.webhooks.networks import NetworkPolicy, NotAnAddress, ip_literal

MAX_CHARACTERS = 2048
_DEFAULT_PORTS = {"https": 443, "http": 80}
# Ports from 1024 on that browsers refuse too, because other services than web servers use them.
_REFUSED_PORTS = frozenset(
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670), 6679, 6697, 10080}
)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# Characters that stay unencoded in a path or query; `%`, because the text may be encoded already.
_TARGET_SAFE = "%/?:@!$&'()*+,;=-._~[]"


class BadWebhookUrl(Invalid):
    """The URL of a webhook endpoint cannot be used. The issue names the field `url` and the reason."""

    code = "bad_webhook_url"
    message = "This URL cannot receive webhooks."
    hint = "Give an https:// address on the public internet, without user name, password or fragment."

    def __init__(self, message: str, code: str) -> None:
        super().__init__([Issue(path=["url"], message=message, code=code)])


@dataclass(frozen=True, slots=True)
class UrlRules:
    """What the operator allows in addition to https to public addresses."""

    allow_http: bool = False
    networks: NetworkPolicy = field(default_factory=NetworkPolicy)


@dataclass(frozen=True, slots=True)
class WebhookUrl:
    """An accepted URL in its parts. `host` is a lower-case ASCII name or an address without brackets."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def parse_webhook_url(text: str, rules: UrlRules) -> WebhookUrl:
    """Parse a URL. Raises `BadWebhookUrl`. Two URLs are the same if `str()` of their results is."""
    text = text.strip()
    _check_text(text)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadWebhookUrl("This is not a well-formed URL.", "url_malformed") from None
    scheme = _scheme(parts, rules)
    if "@" in parts.netloc:
        raise BadWebhookUrl("Leave user name and password out of the URL.", "url_credentials")
    host = _host(parts, rules)
    url = WebhookUrl(scheme, host, _port(scheme, port), _target(parts))
    if len(str(url)) > MAX_CHARACTERS:
        raise _too_long()
    return url


def _check_text(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise _too_long()
    # programs disagree on how to read a backslash, a space or a control character
    if not text.isprintable() or " " in text or "\\" in text:
        raise BadWebhookUrl("The URL contains a character that no URL may contain.", "url_malformed")
    if "#" in text:
        raise BadWebhookUrl("Leave the fragment (#...) out: it is never sent.", "url_fragment")


def _too_long() -> BadWebhookUrl:
    return BadWebhookUrl(f"A URL has at most {MAX_CHARACTERS:,} characters.", "url_too_long")


def _scheme(parts: SplitResult, rules: UrlRules) -> str:
    if parts.scheme == "https" or (parts.scheme == "http" and rules.allow_http):
        return parts.scheme
    if parts.scheme == "http":
        raise BadWebhookUrl("The URL must begin with https://.", "url_not_https")
    raise BadWebhookUrl("The URL must begin with https://.", "url_scheme")


def _host(parts: SplitResult, rules: UrlRules) -> str:
    """The host as a name or an address. A localhost name is checked as 127.0.0.1."""
    hostname = parts.hostname or ""
    if "[" in parts.netloc and ":" not in hostname:
        raise _bad_host()
    host = _ascii(hostname)
    try:
        address = ip_literal("127.0.0.1" if _is_localhost(host) else host)
    except NotAnAddress:
        raise _bad_host() from None
    if address is None:
        return _check_name(host)
    if kind := rules.networks.refusal(address):
        raise BadWebhookUrl(f"This address is {kind}: webhooks are not sent there.", "url_address")
    if _is_localhost(host):
        return host
    if ":" not in host and str(address) != host:
        raise BadWebhookUrl("Write an IPv4 address as four decimal numbers.", "url_address_spelling")
    return str(address)


def _bad_host() -> BadWebhookUrl:
    return BadWebhookUrl("The URL's host is not a valid name or address.", "url_host")


def _ascii(host: str) -> str:
    """The host in lower-case ASCII without a final dot. International names are encoded as in DNS."""
    if not host.isascii():
        try:
            # this also converts full-width digits and dots, which could hide an address
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            raise _bad_host() from None
    return host.lower().removesuffix(".")


def _is_localhost(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def _check_name(host: str) -> str:
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise _bad_host()
    return host


def _port(scheme: str, port: int | None) -> int:
    port = _DEFAULT_PORTS[scheme] if port is None else port
    if port in (80, 443) or (port >= 1024 and port not in _REFUSED_PORTS):
        return port
    raise BadWebhookUrl("Use port 443, 80, or one of 1024 and above that serves the web.", "url_port")


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=_TARGET_SAFE)
    return f"{path}?{quote(parts.query, safe=_TARGET_SAFE)}" if parts.query else path
