"""New ids: UUIDv7, so that they sort by creation time."""

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    """A fresh UUIDv7 as an ordinary `uuid.UUID`."""
    return compat.uuid7()
