"""The base class of the domain's values: validated on construction, immutable, stored as JSON."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value. It ignores unknown members, so that an older release reads what a newer one stored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
