"""What is generated is what is committed."""

from pathlib import Path

import pytest
from pydantic import BaseModel

import homeport.manifest as manifest
from homeport.manifest.reading import STAND_INS
from homeport.manifest.reference import PAGE, page
from homeport.manifest.schema import FOLDER, SCHEMAS, schema, text

REPOSITORY = Path(__file__).parents[2]
AGAIN = "run: python -m homeport.manifest.reference"


def test_the_page_is_made_from_the_models() -> None:
    """docs/manifest.md cannot say what the models do not."""
    assert page() == (REPOSITORY / PAGE).read_text(encoding="utf-8"), AGAIN


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_are_made_from_the_models(name: str) -> None:
    """Editors and `homeport check` read the same rules."""
    assert text(SCHEMAS[name]) == (FOLDER / name).read_text(encoding="utf-8"), AGAIN


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_says_what_it_means(name: str) -> None:
    """A key without a description is a question in an editor; null is nothing that a file may hold."""
    made = schema(SCHEMAS[name])
    for record in (made, *made["$defs"].values()):
        assert all("description" in field or "$ref" in field for field in record["properties"].values())
    assert '"null"' not in text(SCHEMAS[name])


def test_every_required_key_has_a_stand_in() -> None:
    """Otherwise a missing key would hide the problems beside it."""
    records = [record for record in vars(manifest).values() if isinstance(record, type)]
    required = {
        key
        for record in records
        if issubclass(record, BaseModel)
        for key, field in record.model_fields.items()
        if field.is_required()
    }
    assert required == set(STAND_INS)
