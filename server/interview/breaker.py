"""A circuit breaker for the model's provider: one that fails twice running is left alone for a while.

Nobody waits for it meanwhile: the built-in interviewer speaks. After the rest one call is tried in the background, and
only its success brings the model back.
"""

from datetime import datetime, timedelta

FAILURES = 2
REST = timedelta(seconds=60)


class Breaker:
    """Counts failures in a row. One for all interviews of a process: they share the provider."""

    def __init__(self, failures: int = FAILURES, rest: timedelta = REST) -> None:
        self._most = failures
        self._rest = rest
        self._failed = 0
        self._until: datetime | None = None
        self._trying = False

    @property
    def is_open(self) -> bool:
        """Whether the provider is left alone."""
        return self._failed >= self._most

    def begin_trial(self, now: datetime) -> bool:
        """Whether one call is to be tried in the background now. Its end is reported like any other call's."""
        due = self.is_open and not self._trying and self._until is not None and now >= self._until
        self._trying = self._trying or due
        return due

    def note_success(self) -> None:
        """The provider answered."""
        self._failed, self._until, self._trying = 0, None, False

    def note_failure(self, now: datetime) -> None:
        """The provider was too slow, or failed."""
        self._failed, self._trying = self._failed + 1, False
        if self.is_open:
            self._until = now + self._rest
