"""What squawk's findings mean for migrations that are not released yet. Pure.

What they make themselves nobody uses yet and holds no rows: a lock on it keeps nobody out, and nobody misses it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from homeport.releases import sql
from homeport.releases.breaking import BREAKING, HARMLESS, NOT_ONLY_BREAKING, RECREATED, verdict
from homeport.releases.lint import Answer, File, Found, place
from homeport.releases.locking import LOCKING
from homeport.releases.sql import Statement

SYNTAX = "syntax-error"
TIMEOUTS = frozenset({"require-lock-timeout", "require-statement-timeout"})
ANY_CONSTRAINT = "constraint-missing-not-valid"
ONE_CONSTRAINT = frozenset(
    {"adding-foreign-key-constraint", "adding-serial-primary-key-field", "disallowed-unique-constraint"}
)
"""Where one of these stands, the other adds nothing, and NOT VALID may be no remedy."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Scripts that are released together; those of `again` ran before, as they were then."""

    scripts: frozenset[str]
    again: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, at a line from 1, that no comment answers. One that `locks` stops a release."""

    script: str
    line: int
    rule: str
    message: str
    remedy: str = ""
    locks: bool = False

    @property
    def words(self) -> str:
        """Rule, message and what to do."""
        return f"{self.rule}: {self.message.rstrip('.')}. {self.remedy}".rstrip()


@dataclass(frozen=True, slots=True)
class Judged:
    """The findings of what was judged, and by script why it is breaking (empty where not).

    `unjudged` says why squawk could not be asked.
    """

    findings: tuple[Finding, ...] = ()
    breaking: Mapping[str, str] = field(default_factory=dict)
    unjudged: str = ""


def judge(files: Sequence[File], answer: Answer, batches: Iterable[Batch]) -> Judged:
    """The judgement of each batch, which comes after all that are not in it."""
    findings: list[Finding] = []
    breaking: dict[str, str] = {}
    for batch in batches:
        new = _new_objects(files, batch)
        for number, file in enumerate(files):
            if file.script in batch.scripts:
                found = answer.of(number)
                findings += _findings(file, found, new)
                breaking[file.script] = _verdict(file, [*found.open, *found.answered], new)
    return Judged(tuple(findings), breaking)


def unjudged(files: Iterable[File], why: str) -> Judged:
    """The same without squawk: only what the authors say is known, and nothing counts as compatible by itself."""
    return Judged(breaking={file.script: verdict(file.text, (), unjudged=why) for file in files}, unjudged=why)


def _new_objects(files: Sequence[File], batch: Batch) -> frozenset[str]:
    """The names that nothing has made before the batch."""
    fresh = batch.scripts - batch.again
    mine: set[str] = set()
    others: set[str] = set()
    for file in files:
        (mine if file.script in fresh else others).update(sql.made(file.statements))
    return frozenset(mine - others)


def _findings(file: File, found: Answer, new: frozenset[str]) -> Iterator[Finding]:
    is_read = True
    for one in found.open:
        if is_read and not (_is_said_otherwise(one, found) or _is_harmless(file, one, new)):
            lock = LOCKING.get(one.rule)
            message, remedy = (lock.why, lock.remedy) if lock else (one.message, one.remedy)
            yield Finding(file.script, _line(file, one), one.rule, message, remedy, locks=lock is not None)
        is_read = one.rule != SYNTAX  # what follows the first only follows from it


def _is_said_otherwise(one: Found, found: Answer) -> bool:
    """Whether another finding of the same constraint says it, open or answered, or the verdict on the file."""
    if one.rule == ANY_CONSTRAINT:
        return any(other.end == one.end and other.rule in ONE_CONSTRAINT for other in (*found.open, *found.answered))
    return one.rule in BREAKING and one.rule not in LOCKING and one.rule not in NOT_ONLY_BREAKING


def _is_harmless(file: File, one: Found, new: frozenset[str]) -> bool:
    if one.rule in TIMEOUTS:
        return file.is_outside_by_itself
    statement = _statement(file, one)
    lock = LOCKING.get(one.rule)
    if lock is None:
        return one.rule in NOT_ONLY_BREAKING and _is_about(statement, new)
    return _is_about(statement, new) or lock.spares(statement.code)


def _verdict(file: File, found: Iterable[Found], new: frozenset[str]) -> str:
    unread = ""
    reasons: dict[str, None] = {}
    for one in sorted(found, key=place):
        if one.rule == SYNTAX:
            unread = unread or f"squawk cannot read it (line {_line(file, one)})"
        elif one.rule in BREAKING and not _is_compatible(file, one, new):
            statement = _statement(file, one).shown
            reasons[f"{one.rule} in line {_line(file, one)}: {statement}; {BREAKING[one.rule]}"] = None
    return verdict(file.text, reasons, unjudged=unread)


def _is_compatible(file: File, one: Found, new: frozenset[str]) -> bool:
    statement = _statement(file, one)
    if one.rule in RECREATED:
        new |= frozenset(sql.made(other for other in file.statements if other.end > statement.end))
    return _is_about(statement, new) or (one.rule == "renaming-object" and bool(HARMLESS.match(statement.code)))


def _is_about(statement: Statement, names: frozenset[str]) -> bool:
    about = statement.about()
    return bool(about) and about <= names


def _statement(file: File, one: Found) -> Statement:
    return sql.at(file.statements, file.filled.text, one.line, one.column)


def _line(file: File, one: Found) -> int:
    lines = file.filled.lines
    return lines[min(one.line, len(lines) - 1)]
