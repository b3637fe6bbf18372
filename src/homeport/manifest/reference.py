"""docs/manifest.md, made from the models: run `python -m homeport.manifest.reference` in the repository."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from homeport.manifest.base import BaseFile
from homeport.manifest.manifest import Manifest
from homeport.manifest.problems import RULES
from homeport.manifest.schema import FOLDER, SCHEMAS, schema, text

PAGE = Path("docs/manifest.md")

_SECTIONS = {
    "Database": "database",
    "Service": "services.NAME and models.NAME",
    "Site": "sites.NAME",
    "Build": "build",
    "Healthcheck": "healthcheck",
    "DockerTarget": "targets.NAME with kind: docker",
    "AwsTarget": "targets.NAME with kind: aws",
    "ServiceOverride": "targets.NAME.services.NAME and targets.NAME.models.NAME",
    "Override": "targets.NAME.sites.NAME",
}
_BASE_SECTIONS = {
    "Gateway": "gateway",
    "Tls": "gateway.tls",
    "Registry": "registry",
    "DatabaseServer": "database",
    "Networks": "network",
    "AwsBase": "aws",
    "Github": "aws.github",
    "Budget": "aws.budget",
    "Logs": "aws.logs",
}
_HEAD = """\
# The manifest

`homeport.yaml` stands at the root of the application's repository. Only `name` and what runs are required; every
default is safe. `homeport check` shows every problem of the file at once, each with its line. Words are Compose's
where Compose has one.

For completion in an editor, point its YAML language server at `homeport.schema.json` in the installed package
(`python -c "import homeport.manifest.schema as s; print(s.FOLDER)"`):

```yaml
# yaml-language-server: $schema=<that folder>/homeport.schema.json
```

## A full example

```yaml
"""
_BASE_HEAD = """
# The base

`homeport.base.yaml` belongs to the owner of a server, or of an AWS account: what all its applications stand on.
`homeport setup` reads it.
"""
_RULES_HEAD = """
# The rules

| rule | what it says |
|---|---|
"""


def page() -> str:
    """The reference of both files."""
    manifest, base = schema(Manifest), schema(BaseFile)
    example = (FOLDER / "example.yaml").read_text(encoding="utf-8")
    rules = "".join(f"| `{rule.name}` | {_cell(rule.says)} |\n" for _, rule in sorted(RULES.items()))
    return "".join(
        (
            f"{_HEAD}{example}```\n",
            _section("The file", manifest),
            *(_section(f"`{title}`", manifest["$defs"][name]) for name, title in _SECTIONS.items()),
            _BASE_HEAD,
            _section("The base file", base),
            *(_section(f"`{title}` of the base", base["$defs"][name]) for name, title in _BASE_SECTIONS.items()),
            _RULES_HEAD,
            rules,
        )
    )


def write(repository: Path) -> None:
    """Write the page and both schemas."""
    (repository / PAGE).write_text(page(), encoding="utf-8")
    for name, model in SCHEMAS.items():
        (FOLDER / name).write_text(text(model), encoding="utf-8")


def _section(title: str, record: Mapping[str, Any]) -> str:
    rows = "".join(_rows(record))
    return f"\n## {title}\n\n{record['description']}\n\n| key | type | default | meaning |\n|---|---|---|---|\n{rows}"


def _rows(record: Mapping[str, Any]) -> Iterator[str]:
    required = record.get("required", ())
    for key, field in record["properties"].items():
        default = "required" if key in required else _default(field)
        yield f"| `{key}` | {_cell(_type(field))} | {default} | {_cell(field.get('description', ''))} |\n"


def _default(field: Mapping[str, Any]) -> str:
    value = field.get("default")
    if value in (None, []) or isinstance(value, dict):
        return ""
    return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value)}`"


def _type(field: Mapping[str, Any]) -> str:
    """A type in words."""
    if "$ref" in field:
        return _linked(field["$ref"])
    for alternatives in ("anyOf", "oneOf"):
        if alternatives in field:
            return " or ".join(_type(one) for one in field[alternatives])
    if "enum" in field or "const" in field:
        return ", ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    if field["type"] == "array":
        return f"list of {_type(field['items'])}"
    if field["type"] == "object":
        values = list(field.get("patternProperties", {}).values()) or [field["additionalProperties"]]
        return f"map of {_type(values[0])}"
    return _plain(field)


def _plain(field: Mapping[str, Any]) -> str:
    words = {"string": "text", "integer": "number", "number": "number", "boolean": "true or false"}
    types = [field["type"]] if isinstance(field["type"], str) else field["type"]
    if "boolean" in types and "string" in types:
        return "values"
    span = f", {field['minimum']} to {field['maximum']}" if "minimum" in field else ""
    return " or ".join(words[name] for name in types) + span


def _linked(reference: str) -> str:
    name = reference.rpartition("/")[2]
    title = _SECTIONS.get(name) or f"{_BASE_SECTIONS[name]} of the base"
    anchor = title.lower().replace(" ", "-").replace(".", "").replace(":", "")
    return f"[{title}](#{anchor})"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


if __name__ == "__main__":
    write(Path())
