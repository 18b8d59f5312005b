"""The rate limit: a sliding minute for each caller (GCRA).

Counts are kept in this process. With N replicas, give each of them 1/N of the limit.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

_MINUTE = 60.0
_CLEAN_ABOVE = 50_000


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a call may pass, and the numbers for the headers. `retry_after` (seconds) is 0 when it may.

    `limit` 0 means no limit.
    """

    limit: int
    remaining: int
    reset: int
    retry_after: int

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The rate-limit headers; none where there is no limit, because clients stop at `Remaining: 0`."""
        if not self.limit:
            return []
        return [
            (b"x-ratelimit-limit", b"%d" % self.limit),
            (b"x-ratelimit-remaining", b"%d" % self.remaining),
            (b"x-ratelimit-reset", b"%d" % self.reset),
        ]


class RateLimiter:
    """Allows `limit` calls in any sliding minute for each name. A limit of 0 means no limit."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        # When each caller's allowance is full again, in seconds of the clock.
        self._full_at: dict[str, float] = {}

    def take(self, name: str, limit: int | None = None) -> Decision:
        """Count one call of `name` and decide whether it may pass."""
        allowed = self._limit if limit is None else limit
        now = self._clock()
        if allowed <= 0:
            return Decision(0, 0, math.ceil(now), 0)
        step = _MINUTE / allowed
        full_at = max(self._full_at.get(name, now), now)
        wait = full_at + step - _MINUTE - now
        # The tolerance is needed because the steps are fractions and their sum is not exact.
        if wait > 1e-6:
            return Decision(allowed, 0, math.ceil(full_at), max(1, math.ceil(wait)))
        full_at += step
        if len(self._full_at) > _CLEAN_ABOVE:
            self._full_at = {who: at for who, at in self._full_at.items() if at > now}
        self._full_at[name] = full_at
        return Decision(allowed, int((_MINUTE - (full_at - now)) / step + 1e-6), math.ceil(full_at), 0)
