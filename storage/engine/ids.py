"""New ids: UUIDv7, so that they sort by the time they were made."""

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    """A fresh UUIDv7 as an ordinary `uuid.UUID`."""
    return compat.uuid7()
