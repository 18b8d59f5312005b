"""How often a caller may call: a sliding minute per key (GCRA), told on every answer.

Kept in this process: with N replicas, give each a share of the limit.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

_MINUTE = 60.0
_FORGET_ABOVE = 50_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a call may pass, and the numbers for the headers; `retry_after` (s) is 0 when it may."""

    limit: int
    remaining: int
    reset: int
    retry_after: int

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"x-ratelimit-limit", b"%d" % self.limit),
            (b"x-ratelimit-remaining", b"%d" % self.remaining),
            (b"x-ratelimit-reset", b"%d" % self.reset),
        ]


class RateLimiter:
    """`limit` calls in any sliding minute for each name; a limit of 0 lets everything pass."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        # when each caller's allowance is whole again
        self._whole_at: dict[str, float] = {}

    def take(self, name: str, limit: int | None = None) -> Verdict:
        """Count one call of `name`."""
        allowed = self._limit if limit is None else limit
        now = self._clock()
        if allowed <= 0:
            return Verdict(0, 0, math.ceil(now), 0)
        step = _MINUTE / allowed
        whole_at = max(self._whole_at.get(name, now), now)
        wait = whole_at + step - _MINUTE - now
        # a hair of tolerance: the steps are fractions and their sum is not exact
        if wait > 1e-6:
            return Verdict(allowed, 0, math.ceil(whole_at), max(1, math.ceil(wait)))
        whole_at += step
        if len(self._whole_at) > _FORGET_ABOVE:
            self._whole_at = {who: at for who, at in self._whole_at.items() if at > now}
        self._whole_at[name] = whole_at
        return Verdict(allowed, int((_MINUTE - (whole_at - now)) / step + 1e-6), math.ceil(whole_at), 0)
