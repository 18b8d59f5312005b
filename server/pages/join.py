"""The page behind a join link. In this version it tells the candidate how things stand; the room comes later."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from domain.lifecycle import SessionStatus
from domain.messages import language_of, when
from server.papers import HEADERS
from server.secrets import Secrets
from tools.joining import seen_by_candidate
from tools.operation import Services

_TEMPLATES = Environment(
    loader=PackageLoader("server", "web/templates"), autoescape=True, undefined=StrictUndefined
)
_HIDDEN = HEADERS | {"cache-control": "no-store", "x-robots-tag": "noindex"}


def join_routes(services: Services, secrets: Secrets) -> list[Route]:
    """`/join/{secret}`."""

    async def join(request: Request) -> Response:
        session = secrets.session_of(request.path_params["secret"])
        seen = None if session is None else await seen_by_candidate(services, session)
        page = _TEMPLATES.get_template("join.html")
        if seen is None:
            # a wrong link and one whose session was erased look the same
            return HTMLResponse(page.render(seen=None, open=False, when=""), 404, headers=_HIDDEN)
        waiting = seen["status"] == SessionStatus.scheduled
        moment = when(seen["scheduled_at"], seen["timezone"], language_of(seen["language"]))
        return HTMLResponse(page.render(seen=seen, open=waiting, when=moment), headers=_HIDDEN)

    return [Route("/join/{secret}", join)]
