"""Which webhook URLs are accepted, and that an accepted one is parsed into one form."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.webhooks.networks import NetworkPolicy
from domain.webhooks.urls import MAX_CHARACTERS, BadWebhookUrl, UrlRules, parse_webhook_url

STRICT = UrlRules()
HTTP_TOO = UrlRules(allow_http=True)


def refused(text: str, rules: UrlRules = STRICT) -> str:
    """The code of the one issue, which is about `url`."""
    with pytest.raises(BadWebhookUrl) as caught:
        parse_webhook_url(text, rules)
    (issue,) = caught.value.issues
    assert issue.path == ["url"]
    assert caught.value.status == 400
    return issue.code


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("https://example.com", "https://example.com/"),
        ("  https://Example.COM.:443/Hooks?b=%20c  ", "https://example.com/Hooks?b=%20c"),
        ("https://example.com:8443?x=1", "https://example.com:8443/?x=1"),
        ("https://münchen.example/grüße?ü", "https://xn--mnchen-3ya.example/gr%C3%BC%C3%9Fe?%C3%BC"),
        ("https://\uff45xample\u3002com/", "https://example.com/"),
        ("https://my_service.internal/", "https://my_service.internal/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700:0:0::1]:8443/", "https://[2606:4700::1]:8443/"),
        ("https://receiver/a@b:c", "https://receiver/a@b:c"),
    ],
)
def test_a_good_url_is_parsed_into_one_form(text: str, form: str) -> None:
    url = parse_webhook_url(text, STRICT)
    assert str(url) == form
    assert parse_webhook_url(str(url), STRICT) == url


LOOPBACK_SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7F.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "127.000.000.001",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "\uff11\uff12\uff17.0.0.1",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "ⓛocalhost",
]


@pytest.mark.parametrize(
    "host", [*LOOPBACK_SPELLINGS, "0", "0.0.0.0", "10.1.2.3", "169.254.169.254", "[fd00:ec2::254]"]
)
@pytest.mark.parametrize("port", ["", ":8443"])
def test_an_address_inside_is_refused_in_every_spelling(host: str, port: str) -> None:
    assert refused(f"https://{host}{port}/hook") == "url_address"


def test_an_operators_network_is_accepted_in_its_plain_spelling() -> None:
    rules = UrlRules(networks=NetworkPolicy.parse("127.0.0.0/8"))
    assert str(parse_webhook_url("https://127.0.0.1:8443/x", rules)) == "https://127.0.0.1:8443/x"
    assert str(parse_webhook_url("https://localhost/x", rules)) == "https://localhost/x"
    assert refused("https://2130706433/x", rules) == "url_address_spelling"
    assert refused("https://[::1]/x", rules) == "url_address"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://example.com/", "url_not_https"),
        ("file:///etc/passwd", "url_scheme"),
        ("ftp://example.com/", "url_scheme"),
        ("gopher://example.com/", "url_scheme"),
        ("javascript:alert(1)", "url_scheme"),
        ("//example.com/", "url_scheme"),
        ("example.com/hook", "url_scheme"),
        ("", "url_scheme"),
        ("https://user@example.com/", "url_credentials"),
        ("https://user:pass@example.com/", "url_credentials"),
        ("https://example.com:443@127.0.0.1/", "url_credentials"),
        ("https://@example.com/", "url_credentials"),
        ("https://example.com/#", "url_fragment"),
        ("https://127.0.0.1#@example.com/", "url_fragment"),
        ("https://example.com/" + "a" * 4096, "url_too_long"),
        ("https://example.com/" + "ü" * 700, "url_too_long"),
        ("https://", "url_host"),
        ("https:example.com", "url_host"),
        ("https:///hook", "url_host"),
        ("https://./", "url_host"),
        ("https://a..b/", "url_host"),
        ("https://-a.example/", "url_host"),
        ("https://" + "a" * 64 + ".example/", "url_host"),
        ("https://" + "a." * 130 + "example/", "url_host"),
        ("https://%31%32%37.0.0.1/", "url_host"),
        ("https://exa mple.com/", "url_malformed"),
        ("https://example.com\\@127.0.0.1/", "url_malformed"),
        ("https://example.com/\r\nX-Evil: 1", "url_malformed"),
        ("https://exam\tple.com/", "url_malformed"),
        ("https://example.com/\u202e", "url_malformed"),
        ("https://example.com/\ud800", "url_malformed"),
        ("https://[::1", "url_malformed"),
        ("https://[fe80::1%25eth0]/", "url_host"),
        ("https://[v1.fe80]/", "url_host"),
        ("https://1.2.3.4.5/", "url_host"),
        ("https://☃.example/", "url_host"),
        ("https://example.com:99999/", "url_malformed"),
        ("https://example.com:-1/", "url_malformed"),
        ("https://example.com:x/", "url_malformed"),
        ("https://example.com:0/", "url_port"),
        ("https://example.com:22/", "url_port"),
        ("https://example.com:25/", "url_port"),
        ("https://example.com:6667/", "url_port"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_its_reason(text: str, code: str) -> None:
    assert refused(text) == code


def test_http_is_accepted_where_the_operator_allows_it() -> None:
    url = parse_webhook_url("http://example.com/", HTTP_TOO)
    assert (url.port, url.authority) == (80, "example.com")
    assert parse_webhook_url("http://example.com:443/", HTTP_TOO).authority == "example.com:443"


def test_a_url_of_exactly_the_longest_length_is_accepted() -> None:
    start = "https://example.com/"
    assert len(str(parse_webhook_url(start + "a" * (MAX_CHARACTERS - len(start)), STRICT))) == MAX_CHARACTERS


@given(st.text(max_size=80))
def test_any_other_text_is_refused_or_read_as_the_standard_library_reads_it(text: str) -> None:
    try:
        url = parse_webhook_url("https://" + text, STRICT)
    except BadWebhookUrl:
        return
    assert urlsplit(str(url)).hostname == url.host
    assert str(url).isascii()
    assert str(url).isprintable()
