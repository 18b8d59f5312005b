"""An interview's report as a page to read and print. The signed address is the permission; it expires."""

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
from domain.scoring.findings import Method
from domain.scoring.points import JUDGEMENT_ERROR
from domain.vocabulary import Scale
from server.http.brake import Brake
from server.http.front import is_escaped
from server.pages import report_view, texts
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
            return HTMLResponse(render_report(words, None), 404, headers=dict(ROOM_HEADERS))
        return HTMLResponse(render_report(words, report), headers=dict(ROOM_HEADERS))

    return [Route("/reports/{secret}", page)]


async def _read_report(services: Services, workspace: UUID, session: UUID) -> dict[str, Any] | None:
    """The report of a session; None when the session was erased."""
    reader = Principal(workspace, "", frozenset({Scope.interviews_read}))
    try:
        answer = await perform(services, get_scorecard, {"id": str(session)}, reader, via=Face.page)
    except NotFound:
        return None
    return answer.data.model_dump(mode="json")


def render_report(words: Words, report: dict[str, Any] | None) -> str:
    """The whole page; None says that there is no such report. `words` are of the part `report`."""
    if report is None:
        return TEMPLATES.get_template("report.html").render(t=words, language=words.language, report=None)
    card = report["scorecard"]
    points = report_view.open_points(report)
    return TEMPLATES.get_template("report.html").render(
        t=words,
        language=words.language,
        report=report,
        card=card,
        asked=report_view.asked_of_reader(report),
        minutes=report_view.minutes_held(report),
        bars=report_view.bars(report),
        pass_mark=report_view.pass_mark(report),
        passages=report_view.passages(report),
        points=points,
        shown=report_view.SHOWN,
        clip=report_view.clip,
        weight=report_view.plain_weight,
        author=_author(words, card) if card else "",
        top=Scale(report["score_scale"]).top,
        judged=report_view.is_judged(report),
        judgement_error=_judgement_error(card),
        moment=lambda at: _moment(at, report["timezone"]),
        reasons=_reasons(words, report),
        rules=_rules(words, report),
        marked=_highlighted_turns(report),
        word=lambda word: _text_or(words, f"word.{word}", word),
        known=lambda key, fallback: _text_or(words, key, fallback),
    )


def _author(words: Words, card: dict[str, Any]) -> Markup:
    """Who scored; by rules there is a score only where everything was measured."""
    if card["method"] == "rules":
        return words("method.rules.measured" if card["score"] else "method.rules")
    return Markup("{} (<bdi>{}</bdi>)").format(
        words(f"method.{card['method']}"), card["provenance"]["author"]
    )


def _judgement_error(card: dict[str, Any] | None) -> str:
    """The standard error of one criterion's points by who judged, as the card reckons with it."""
    return f"{float(JUDGEMENT_ERROR[Method(card['method'])]):.2f}" if card else ""


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
    for row in report_view.rows_of(report):
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
