"""An interview's report as a page to read and print. The signed address is the permission; it expires."""

from datetime import datetime
from decimal import Decimal
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
from domain.scoring.findings import Method
from domain.scoring.points import JUDGEMENT_ERROR
from domain.vocabulary import Scale
from server.http.brake import Brake
from server.http.front import is_escaped
from server.pages import texts
from server.pages.room_page import ROOM_HEADERS, Words
from server.pages.templates import TEMPLATES
from server.secrets import Secrets
from tools.kernel.operation import Services
from tools.kernel.perform import perform
from tools.results.report import get_scorecard

_PART = "report"


def report_routes(services: Services, secrets: Secrets, brake: Brake) -> list[Route]:
    """`/reports/{secret}`. Wrong addresses meet the brake; one that ended was right once, and does not."""

    async def page(request: Request) -> Response:
        words = Words(texts.catalog_language(_requested_language(request)), _PART)
        secret = request.path_params["secret"]
        right = secrets.is_report(secret) and not is_escaped(request)
        ids = secrets.report_of(secret, services.clock()) if right else None
        if not right:
            brake.count_wrong(request.scope)
        report = None if ids is None else await _read_report(services, *ids)
        if report is None:
            return HTMLResponse(_render(words, None), 404, headers=dict(ROOM_HEADERS))
        return HTMLResponse(_render(words, report), headers=dict(ROOM_HEADERS))

    return [Route("/reports/{secret}", page)]


async def _read_report(services: Services, workspace: UUID, session: UUID) -> dict[str, Any] | None:
    """The report of a session; None when the session was erased."""
    reader = Principal(workspace, "", frozenset({Scope.interviews_read}))
    try:
        answer = await perform(services, get_scorecard, {"id": str(session)}, reader, via=Face.page)
    except NotFound:
        return None
    return answer.data.model_dump(mode="json")


def _render(words: Words, report: dict[str, Any] | None) -> str:
    card = report["scorecard"] if report else None
    return TEMPLATES.get_template("report.html").render(
        t=words,
        language=words.language,
        report=report,
        card=card,
        asked=_asked(report) if report else None,
        bars=_bars(card) if card else [],
        error=_judgement_error(card) if card else "",
        language_name=_language_name(words, report) if report else "",
        method=_method(words, card) if card else "",
        judged=bool(card) and any(each["status"] for row in _rows(card) for each in row["criteria"]),
        moment=lambda at: _moment(at, report["timezone"] if report else "UTC"),
        reasons=_reasons(words, report) if report else [],
        rules=_rules(words, report) if report else [],
        marked=_highlighted_turns(report) if report else {},
        word=lambda word: _text_or(words, f"word.{word}", word),
    )


def _asked(report: dict[str, Any]) -> str | None:
    """What the reader is asked to do now; None before the interview is over, and after practice."""
    if report["assessment"] is None or report["session_mode"] == "practice_session":
        return None
    state = report["assessment"]["state"]
    return {"awaiting_assessment": "asked.assess", "proposed": "asked.confirm"}.get(state, "asked.nothing")


def _bars(card: dict[str, Any]) -> list[dict[str, str | None]]:
    """The dimensions as bars of a hundred parts. What was not judged has none, and none when nothing was judged."""
    top = Scale(card["score_scale"]).top
    mark = Decimal(card["threshold"]) * 100 / top
    rows = _rows(card)
    if not any(row["score"] for row in rows):
        return []
    return [
        {
            "name": row["name"],
            "score": row["score"],
            "share": f"{Decimal(row['score']) * 100 / top:f}" if row["score"] else None,
            "mark": f"{min(mark, Decimal('99.4')):f}",
        }
        for row in rows
    ]


def _judgement_error(card: dict[str, Any]) -> str:
    """The error that is assumed for one criterion, in points between 0 and 1."""
    return f"{float(JUDGEMENT_ERROR[Method(card['method'])]):.2f}"


def _language_name(words: Words, report: dict[str, Any]) -> str:
    tag = report["language"]
    return texts.catalog(words.language).get(f"language.{tag.split('-')[0]}", tag)


def _method(words: Words, card: dict[str, Any]) -> Markup:
    """Who scored; by rules there is a score only where everything was measured."""
    measured = ".measured" if card["method"] == "rules" and card["score"] else ""
    return words(f"method.{card['method']}{measured}")


def _rows(card: dict[str, Any] | None) -> list[dict[str, Any]]:
    return (card or {}).get("evaluation_breakdown") or []


def _text_or(words: Words, key: str, fallback: str) -> Markup:
    """The text for this key, or `fallback` when the catalog has none: workspaces may use words of their own."""
    return words(key) if key in texts.catalog(words.language, _PART) else escape(fallback)


def _reasons(words: Words, report: dict[str, Any]) -> list[Markup]:
    """The scorecard's reason codes as sentences, each once."""
    codes = (report["scorecard"] or {}).get("reasons", [])
    sentences = []
    for code in codes:
        kind, _, about = code.partition(":")
        name: object = report["dimensions"].get(about, about)
        if kind == "flag":
            name = _text_or(words, f"flag.{about}", about)
        known = f"reason.{kind}" in texts.catalog(words.language, _PART)
        sentences.append(words(f"reason.{kind}", name=name) if known else words("reason.other", name=code))
    return list(dict.fromkeys(sentences))


def _rules(words: Words, report: dict[str, Any]) -> list[Markup]:
    names = report["dimensions"] | report["criteria"]
    failed = [code.partition(":") for code in (report["scorecard"] or {}).get("rules_failed", [])]
    return [words(f"rule.{kind}", name=names.get(about, about)) for kind, _, about in failed]


def _highlighted_turns(report: dict[str, Any]) -> dict[int, Markup]:
    """By turn number, the transcript's texts with the scorecard's quotes highlighted."""
    quotes: dict[int, list[str]] = {}
    for row in _rows(report["scorecard"]):
        for cited in row["citations"]:
            quotes.setdefault(cited["turn"], []).append(cited["quote"])
    turns = report["transcript"] or []
    return {turn["turn"]: highlight(turn["text"], quotes.get(turn["turn"], [])) for turn in turns}


def highlight(text: str, quotes: list[str]) -> Markup:
    """The escaped text with these quotes in `<mark>`. Overlapping quotes become one mark."""
    spans = sorted((at, at + len(quote)) for quote in quotes if quote and (at := text.find(quote)) >= 0)
    pieces, position = [], 0
    for start, end in spans:
        if end <= position:
            continue
        start = max(start, position)
        pieces += [escape(text[position:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        position = end
    return Markup("").join([*pieces, escape(text[position:])])


def _moment(at: str, timezone: str) -> str:
    return datetime.fromisoformat(at).astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M %Z")


def _requested_language(request: Request) -> str:
    first = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    return request.query_params.get("language") or first or texts.FALLBACK
