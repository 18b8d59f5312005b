"""A brake on guessing: wrong keys and wrong links, counted by address.

Only what is wrong is counted, and only what is wrong is refused. A right key or link never meets the brake, however
many wrong ones came from its address: a class of pupils, or a proxy, may share one.
"""

import math
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import Scope

from domain.errors import TooMany
from server.http.connection_bounds import address_group

# The address that failed longest ago is forgotten first, so that many addresses take no more memory than this.
MAX_ADDRESSES = 10_000


class Brake:
    """Allows `attempts` wrong ones of one address in any `seconds`. 0 attempts means no brake."""

    def __init__(self, attempts: int, seconds: float, clock: Callable[[], float]) -> None:
        self._attempts = attempts
        self._seconds = seconds
        self._clock = clock
        # When each address's allowance is full again, in seconds of the clock.
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def count_wrong(self, scope: Scope) -> None:
        """Count one wrong key or link of this caller. Raises `TooMany` when there were too many."""
        if not self._attempts:
            return
        client = scope.get("client")
        address = address_group(client[0]) if client else ""
        step, now = self._seconds / self._attempts, self._clock()
        full_at = max(self._full_at.get(address, now), now)
        # The tolerance is needed because the steps are fractions and their sum is not exact.
        if (wait := full_at + step - self._seconds - now) > 1e-6:
            raise TooMany(retry_after=max(1, math.ceil(wait)))
        self._full_at[address] = full_at + step
        self._full_at.move_to_end(address)
        if len(self._full_at) > MAX_ADDRESSES:
            self._full_at.popitem(last=False)
