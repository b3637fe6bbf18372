"""Questions that are asked before their answers are needed, while something else takes its time."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Ahead:
    """Each answer is given once: who asks again gets what is so by then."""

    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE))
    _asked: dict[Hashable, Future[Any]] = field(default_factory=dict)

    def ask(self, key: Hashable, question: Callable[[], object]) -> None:
        """Ask now. What the question raises is raised where the answer is taken."""
        self._asked[key] = self._pool.submit(question)

    def take(self, key: Hashable, question: Callable[[], T]) -> T:
        """The answer that was asked for before, or else of now."""
        asked = self._asked.pop(key, None)
        answer: T = asked.result() if asked is not None else question()
        return answer

    def forget(self) -> None:
        """What was asked and not taken is not so any more."""
        self._asked.clear()
