"""The form of a value of the domain: checked when it is made, never changed afterwards, stored as JSON."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value. Unknown members are ignored, so that an older release can read what a newer one stored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
