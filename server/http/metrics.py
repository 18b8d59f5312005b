"""Prometheus metrics. Labels are operations and statuses only, never a workspace or a person."""

from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from domain.principal import Face

REGISTRY = CollectorRegistry(auto_describe=True)
_CALLS = Counter(
    "viva_calls",
    "Calls answered, by face, operation and status.",
    ("face", "operation", "status"),
    registry=REGISTRY,
)


@lru_cache(maxsize=4096)
def _counter(face: Face, operation: str, status: int) -> Counter:
    return _CALLS.labels(face.value, operation, str(status))


def count_answer(face: Face, operation: str, status: int) -> None:
    """Count one answer."""
    _counter(face, operation, status).inc()


def exposition() -> tuple[bytes, str]:
    """The metrics page and its media type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
