"""An interview's scorecard as a page to read and print. The signed address is the permission, for a week."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from domain.errors import NotFound
from domain.principal import Face, Principal
from domain.scopes import Scope
from server.pages import texts
from server.pages.room_page import ROOM_HEADERS, Words
from server.pages.templates import TEMPLATES
from server.secrets import Secrets
from tools.kernel.operation import Services
from tools.kernel.perform import perform
from tools.results.report import get_scorecard

_PART = "report"


def report_routes(services: Services, secrets: Secrets) -> list[Route]:
    """`/reports/{secret}`."""

    async def page(request: Request) -> Response:
        words = Words(texts.spoken(_wished(request)), _PART)
        found = secrets.report_of(request.path_params["secret"], services.clock())
        report = None if found is None else await _read(services, *found)
        if report is None:
            return HTMLResponse(_render(words, None), 404, headers=dict(ROOM_HEADERS))
        return HTMLResponse(_render(words, report), headers=dict(ROOM_HEADERS))

    return [Route("/reports/{secret}", page)]


async def _read(services: Services, workspace: UUID, session: UUID) -> dict[str, Any] | None:
    """What the address was made for; None when it was erased meanwhile."""
    reader = Principal(workspace, "", frozenset({Scope.interviews_read}))
    try:
        told = await perform(services, get_scorecard, {"id": str(session)}, reader, via=Face.page)
    except NotFound:
        return None
    return told.data.model_dump(mode="json")


def _render(words: Words, report: dict[str, Any] | None) -> str:
    return TEMPLATES.get_template("report.html").render(
        t=words,
        language=words.language,
        report=report,
        card=report and report["scorecard"],
        moment=lambda at: _moment(at, report["timezone"] if report else "UTC"),
        reasons=_reasons(words, report) if report else [],
        rules=_rules(words, report) if report else [],
        marked=_marked(report) if report else {},
        word=lambda said: _or(words, f"word.{said}", said),
    )


def _or(words: Words, key: str, plain: str) -> Markup:
    """The text for this key, or the word itself where the catalog has none: people may use their own."""
    return words(key) if key in texts.catalog(words.language, _PART) else escape(plain)


def _reasons(words: Words, report: dict[str, Any]) -> list[Markup]:
    """The scorecard's codes as sentences, each once."""
    codes = (report["scorecard"] or {}).get("reasons", [])
    said = []
    for code in codes:
        kind, _, about = code.partition(":")
        name: object = report["dimensions"].get(about, about)
        if kind == "flag":
            name = _or(words, f"flag.{about}", about)
        known = f"reason.{kind}" in texts.catalog(words.language, _PART)
        said.append(words(f"reason.{kind}", name=name) if known else words("reason.other", name=code))
    return list(dict.fromkeys(said))


def _rules(words: Words, report: dict[str, Any]) -> list[Markup]:
    names = report["dimensions"] | report["criteria"]
    told = [code.partition(":") for code in (report["scorecard"] or {}).get("rules_failed", [])]
    return [words(f"rule.{kind}", name=names.get(about, about)) for kind, _, about in told]


def _marked(report: dict[str, Any]) -> dict[int, Markup]:
    """The transcript's turns as text, with what the scorecard quotes set off."""
    quotes: dict[int, list[str]] = {}
    for row in (report["scorecard"] or {}).get("evaluation_breakdown") or []:
        for cited in row["citations"]:
            quotes.setdefault(cited["turn"], []).append(cited["quote"])
    turns = report["transcript"] or []
    return {turn["turn"]: marked(turn["text"], quotes.get(turn["turn"], [])) for turn in turns}


def marked(text: str, quotes: list[str]) -> Markup:
    """The text, escaped, with these parts of it in `mark`; parts that overlap become one."""
    spans = sorted((at, at + len(quote)) for quote in quotes if quote and (at := text.find(quote)) >= 0)
    pieces, done = [], 0
    for start, end in spans:
        if end <= done:
            continue
        start = max(start, done)
        pieces += [escape(text[done:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        done = end
    return Markup("").join([*pieces, escape(text[done:])])


def _moment(at: str, timezone: str) -> str:
    return datetime.fromisoformat(at).astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M %Z")


def _wished(request: Request) -> str:
    first = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    return request.query_params.get("language") or first or texts.FALLBACK
