"""What every record of a file has in common."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A part of homeport.yaml or homeport.base.yaml: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
