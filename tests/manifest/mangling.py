"""Good files made bad: by a seed, so that a failure can be had again."""

import random
import re
from collections.abc import Callable
from pathlib import Path

from homeport.manifest.schema import FOLDER as PACKAGE
from tests.manifest.harness import FOLDER

SEED = 20261125
NOTES = Path(__file__).parents[2] / "examples" / "notes"
BASE = """\
instance: homeport
domain: example.com
gateway: {address: 0.0.0.0, http: 80, https: 443, tls: {certificate: /etc/ssl/home.pem, key: /etc/ssl/home.key}}
registry:
  port: 5000
  lan: 5443
  backup: /mnt/second-disk/homeport-registry
database: {postgres: 17}
network:
  edge: 172.30.0.0/24
  data: 172.30.1.0/24
aws:
  domain: example.com
  zone: Z0123456789ABCDEFGHIJ
  github:
    repository: ana/notes
    repository_id: "123456789"
    owner_id: "1234567"
    environments: [production]
    refs: [refs/heads/main]
  budget: {monthly: 50, email: ana@example.com}
  logs: {retention: 30}
"""
GOOD = {
    "notes": (NOTES / "homeport.yaml").read_text(encoding="utf-8"),
    "example": (PACKAGE / "example.yaml").read_text(encoding="utf-8"),
    "every_key": (FOLDER / "good" / "every_key.yaml").read_text(encoding="utf-8"),
    "base": BASE,
}
VALUES = (
    "null", "~", "yes", "True", "''", "-1", "0", "99999999999999999999999999", "9" * 5000, "0x1F", "0o17", "0b1",
    "1_000", "1e999", "-0.0", ".nan", ".inf", "-.INF", "12:30:45", "2024-01-01", "2024-01-01T10:00:00Z",
    "2024-99-99", "&a", "*a", "&a [*a]", "&a {b: *a}", "{<<: *a}", "{<<: {name: x}}",
    "!!python/object/apply:os.system ['touch pwned']", "!!python/name:os.system", "!!binary aGVsbG8=", "!!int x",
    "!!set {a, b}", "!x y", "! ''", "!!str", "[", "{", "}", "]", "[[[[]]]]", "{a: {b: {c: {d: {}}}}}", "[" * 300,
    "{a: " * 300, "? x", "- x", "|", ">-", "|9", "%YAML 9.9", "---", "...", "@x", "`x`", "# x", "x: y", "'", '"',
    '"\\ud800"', '"\\0"', '"\\x1b[31mred"', '"\\q"', '"\\U99999999"', "\x00", "\x1b[31m", "\x7f", "\x85", "\u2028",
    "\u202egnp.exe", "\ufeff", "\uffff", "e\u0301" * 40, "💥" * 60, "x" * 50_000, "x " * 20_000, "../..", "/",
    "/etc/passwd", ".", "~", "$(touch pwned)", "`touch pwned`", "; touch pwned", "${HOME}", "{{ x }}", "%s%n%p",
    "-rf", "--help", "ssh://-oProxyCommand=touch", "file:///etc/passwd", "\r", "a\rb", "name", "[name, name]",
    "{name: name}",
)  # fmt: skip


def _somewhere(chance: random.Random, text: str) -> tuple[int, int]:
    start = chance.randrange(len(text) + 1)
    return start, min(len(text), start + chance.randrange(1, 40))


def _cut(chance: random.Random, text: str) -> str:
    start, end = _somewhere(chance, text)
    return text[:start] + text[end:]


def _cut_off(chance: random.Random, text: str) -> str:
    return text[: _somewhere(chance, text)[0]]


def _repeated(chance: random.Random, text: str) -> str:
    start, end = _somewhere(chance, text)
    return text[:end] + text[start:end] * chance.choice([1, 2, 500]) + text[end:]


def _other_signs(chance: random.Random, text: str) -> str:
    start, end = _somewhere(chance, text)
    signs = "".join(chance.choice("-:[]{}&*!|>%@`\"'#,?\n\t \\~<=aU0\x00\x85é\u2028💥") for _ in range(start, end))
    return text[:start] + signs + text[end:]


def _of_lines(change: Callable[[random.Random, list[str], int], None]) -> Callable[[random.Random, str], str]:
    def mangled(chance: random.Random, text: str) -> str:
        lines = text.splitlines(keepends=True) or ["\n"]
        change(chance, lines, chance.randrange(len(lines)))
        return "".join(lines)

    return mangled


def _line_gone(chance: random.Random, lines: list[str], at: int) -> None:
    del lines[at]


def _line_doubled(chance: random.Random, lines: list[str], at: int) -> None:
    lines.insert(chance.randrange(len(lines) + 1), lines[at])


def _lines_swapped(chance: random.Random, lines: list[str], at: int) -> None:
    other = chance.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _line_moved(chance: random.Random, lines: list[str], at: int) -> None:
    lines[at] = chance.choice([" ", "  ", "\t", "        ", "- ", "? ", "\u00a0", " " * 3000]) + lines[at]


def _line_moved_back(chance: random.Random, lines: list[str], at: int) -> None:
    lines[at] = lines[at].lstrip() or "x"


def _lines_joined(chance: random.Random, lines: list[str], at: int) -> None:
    lines[at] = lines[at].rstrip("\n") + chance.choice(["", " ", "\r", "\x00"])


def _value_replaced(chance: random.Random, text: str) -> str:
    places = list(re.finditer(r"(?<=[:,\[{-] )[^\s,\[\]{}#]+", text))
    place = chance.choice(places) if places else re.search("", text)
    assert place
    return text[: place.start()] + chance.choice(VALUES) + text[place.end() :]


def _key_replaced(chance: random.Random, text: str) -> str:
    places = list(re.finditer(r"[A-Za-z_]+(?=:)", text))
    place = chance.choice(places) if places else re.search("", text)
    assert place
    other = chance.choice([*VALUES, *(found[0] for found in places)])
    return text[: place.start()] + other + text[place.end() :]


def _wrapped(chance: random.Random, text: str) -> str:
    depth = chance.choice([1, 5, 20, 400])
    return "".join(" " * level + "a:\n" for level in range(depth)) + re.sub("^", " " * depth, text, flags=re.MULTILINE)


def _of_bytes(text: str, chance: random.Random) -> bytes:
    content = text.encode("utf-8", "surrogatepass")
    kind = chance.randrange(6)
    if kind == 0:
        return text.encode(chance.choice(["utf-16", "utf-16-be", "utf-32", "utf-7"]), "replace")
    if kind == 1:
        return chance.choice([b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\x1f\x8b\x08", b"%PDF"]) + content
    flipped = bytearray(content or b" ")
    for _ in range(chance.choice([1, 5, 50])):
        flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    return bytes(flipped)


OF_TEXT: tuple[Callable[[random.Random, str], str], ...] = (
    _cut, _cut_off, _repeated, _other_signs, _value_replaced, _value_replaced, _value_replaced, _key_replaced, _wrapped,
    _of_lines(_line_gone), _of_lines(_line_doubled), _of_lines(_lines_swapped), _of_lines(_line_moved),
    _of_lines(_line_moved_back), _of_lines(_lines_joined),
)  # fmt: skip


def mangled(name: str, number: int) -> bytes:
    """Case `number` of a good file: one to three things done to it, now and then to its bytes."""
    chance = random.Random(f"{SEED} {name} {number}")
    text = GOOD[name]
    for _ in range(chance.choice([1, 1, 2, 3])):
        text = chance.choice(OF_TEXT)(chance, text)
    return _of_bytes(text, chance) if chance.random() < 0.12 else text.encode("utf-8", "surrogatepass")
