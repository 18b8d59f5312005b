"""`/metrics` for Prometheus: behind a key, at an address of its own, or for this machine only."""

import hmac
from ipaddress import ip_address

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.errors import NoSuchAddress, TooMany
from server.http import metrics
from server.http.brake import Brake
from server.http.front import Front, problem_response
from server.http.problem import Problem, problem_of

# Sent on by proxies: whoever asks is not on this machine, whatever the connection says.
_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
_NO_METRICS_KEY = {
    "error": "A valid key for metrics is needed.",
    "code": "no_key",
    "hint": "Send the key of VIVA_METRICS_KEY as Authorization: Bearer.",
}


def metrics_route(key: str, brake: Brake, *, to_anybody: bool = False) -> Route:
    """`/metrics`. With a `key` whoever sends it is answered; without one only this machine, or `to_anybody`."""

    async def prometheus(request: Request) -> Response:
        if key:
            if not _has_key(request, key):
                return _no_key(request, brake)
        elif not to_anybody and not _is_from_here(request):
            return problem_response(problem_of(NoSuchAddress()))
        body, kind = metrics.exposition()
        return Response(body, media_type=kind)

    return Route("/metrics", prometheus)


def metrics_app(key: str, brake: Brake) -> Starlette:
    """The application for an address that serves metrics and nothing else."""
    return Starlette(routes=[metrics_route(key, brake, to_anybody=True)], middleware=[Middleware(Front)])


def _has_key(request: Request, key: str) -> bool:
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(sent.strip().encode(), key.encode())


def _no_key(request: Request, brake: Brake) -> Response:
    if "authorization" in request.headers:
        try:
            brake.count_wrong(request.scope)
        except TooMany as error:
            return problem_response(problem_of(error))
    return problem_response(
        Problem(401, _NO_METRICS_KEY, {"www-authenticate": 'Bearer realm="viva metrics"'})
    )


def _is_from_here(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
