"""Puts the events of ruamel.yaml together to plain values, each with its line.

Done here and not by its own composer, so that a file of any depth or cleverness is refused at the line where
it goes wrong, before it costs anything.
"""

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from homeport.manifest.problems import KeyPath, Problem, Rule, dotted, printable, rule
from homeport.manifest.scalars import UNREAD, scalar

MAX_DEPTH = 12  # the deepest value of a manifest stands at 6

YAML_SYNTAX = rule("yaml-syntax", "The file is YAML.")
YAML_DOCUMENTS = rule("yaml-documents", "The file holds one document.")
YAML_DEPTH = rule("yaml-depth", f"Values stand at most {MAX_DEPTH} levels deep.")
YAML_ALIAS = rule("yaml-alias", "Each value is written out: no anchors (&) and no aliases (*).")
YAML_TAG = rule("yaml-tag", "Values have no YAML tags (!).")
YAML_KEY = rule("yaml-key", "A key is plain text.")
YAML_TEXT = rule("yaml-text", "Text holds no zero byte and no half of a character.")
DUPLICATE_KEY = rule("duplicate-key", "A key stands once in a map.")
NO_VALUE = rule("no-value", 'A key has a value; `""` is the empty text.')


class UnreadableError(Exception):
    """The file cannot be read on from here."""

    def __init__(self, rule: Rule, line: int, text: str) -> None:
        super().__init__(text)
        self.problem = Problem(rule.name, (), text, line=line)


class Events:
    """The events of a text, and the line of the newest."""

    def __init__(self, text: str) -> None:
        yaml: Any = YAML(typ="safe", pure=True)
        self.resolver = yaml.resolver
        self.line = 1
        self._events = yaml.parse(text)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            event = next(self._events)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else self.line
            what = printable(error.problem or "it cannot be read on")
            raise UnreadableError(YAML_SYNTAX, line, f"is not YAML: {what}") from error
        except (YAMLError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # ruamel.yaml lets slips of its own through, such as chr() of an escape that is no character.
            raise UnreadableError(YAML_SYNTAX, self.line, "is not YAML from here on") from error
        self.line = event.start_mark.line + 1
        return event


class Composer:
    """Composes values, and notes on the way: `lines`, `problems`, and the places left out as `unread`."""

    def __init__(self, events: Events) -> None:
        self.events = events
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []
        self.unread: list[KeyPath] = []
        self.anchors: set[str] = set()

    def document(self) -> object:
        """The value of the only document; UNREAD when there is none."""
        data: object = UNREAD
        starts = 0
        for event in self.events:
            starts += isinstance(event, DocumentStartEvent)
            if starts > 1:
                raise UnreadableError(YAML_DOCUMENTS, self.events.line, "holds a second document; one is enough")
            if isinstance(event, DocumentStartEvent):
                data = self._value(next(self.events), ())
        return data

    def _value(self, event: Any, path: KeyPath) -> object:
        if len(path) > MAX_DEPTH:
            raise UnreadableError(YAML_DEPTH, self.events.line, f"goes deeper than {MAX_DEPTH} levels")
        if isinstance(event, AliasEvent):
            return self._alias(event.anchor, path)
        if event.anchor:
            self.anchors.add(event.anchor)
            text = f"has an anchor (&{event.anchor}); write the value out at each place that uses it"
            self._note(YAML_ALIAS, path, text)
        value = self._plain_value(event, path)
        if event.tag:
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            return self._leave_out(YAML_TAG, path, f"has a YAML tag ({printable(tag)}); write the value alone")
        return value

    def _alias(self, anchor: str, path: KeyPath) -> object:
        """Left out; told only where its anchor was not."""
        if anchor not in self.anchors:
            return self._leave_out(YAML_ALIAS, path, f"is an alias (*{anchor}); write the value out")
        self.unread.append(path)
        return UNREAD

    def _plain_value(self, event: Any, path: KeyPath) -> object:
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if not _is_text(event.value):
            return self._leave_out(YAML_TEXT, path, "holds a zero byte or half of a character")
        value = scalar(self.events.resolver, event)
        if value is None and path:
            return self._leave_out(NO_VALUE, path, "has no value; give it one or remove the key")
        return UNREAD if value is None else value

    def _sequence(self, path: KeyPath) -> object:
        values: list[object] = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            item = (*path, len(values))
            self.lines[item] = self.events.line
            values.append(self._value(event, item))
        return UNREAD if any(value is UNREAD for value in values) else values

    def _mapping(self, path: KeyPath) -> dict[str, object]:
        values: dict[str, object] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event, path)
            if key in values:
                self._duplicate((*path, key))
            else:
                self.lines[(*path, key)] = self.events.line
                values[key] = self._value(next(self.events), (*path, key))
        return {key: value for key, value in values.items() if value is not UNREAD}

    def _key(self, event: Any, path: KeyPath) -> str:
        if isinstance(event, ScalarEvent) and not event.anchor and not event.tag and _is_text(event.value):
            return str(event.value)
        where = f"{dotted(path)}: " if path else ""
        raise UnreadableError(YAML_KEY, self.events.line, f"{where}has a key that is not plain text")

    def _duplicate(self, path: KeyPath) -> None:
        """Notes the key and reads past its second value; the first is the one that is judged."""
        first = self.lines[path]
        self._note(DUPLICATE_KEY, path, f"is here a second time; the first is in line {first}")
        Composer(self.events)._value(next(self.events), path)

    def _note(self, rule: Rule, path: KeyPath, text: str) -> None:
        self.problems.append(Problem(rule.name, path, text, line=self.events.line))

    def _leave_out(self, rule: Rule, path: KeyPath, text: str) -> object:
        self.problems.append(Problem(rule.name, path, text, line=self.lines.get(path, self.events.line)))
        self.unread.append(path)
        return UNREAD


def _is_text(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)
