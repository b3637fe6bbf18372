"""The JSON Schemas of both files, for editors. Made from the models; the test that compares them says how."""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from homeport.manifest.base import BaseFile
from homeport.manifest.manifest import Manifest
from homeport.manifest.record import Record

FOLDER = Path(__file__).parent
SCHEMAS: dict[str, type[Record]] = {
    "homeport.schema.json": Manifest,
    "homeport.base.schema.json": BaseFile,
}


class FileSchema(GenerateJsonSchema):
    """The schema of what a person may write: a key is left out, never set to null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        written = super().default_schema(schema)
        return {key: value for key, value in written.items() if key != "default" or value is not None}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        written = super().dict_schema(schema)
        return written | ({"additionalProperties": False} if "patternProperties" in written else {})


def schema(model: type[Record]) -> dict[str, Any]:
    """The schema of one file."""
    file = "homeport.base.yaml" if model is BaseFile else "homeport.yaml"
    made = model.model_json_schema(by_alias=True, mode="validation", schema_generator=FileSchema)
    return {"$schema": FileSchema.schema_dialect} | made | {"title": file}


def text(model: type[Record]) -> str:
    """The schema as the file that ships."""
    return json.dumps(schema(model), indent=2, ensure_ascii=False) + "\n"
