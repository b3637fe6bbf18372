"""Multinomial naive Bayes with add-one smoothing, in a page of plain Python."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

COMMON_WORDS = """
    a about after an and at back be before by for from get has have i in is it me more my new of on or our
    set so that the this to up we what with you
"""
COMMON = frozenset(COMMON_WORDS.split())


def words(text: str) -> list[str]:
    """The words that tell texts apart, "note" and "notes" taken as one."""
    found = re.findall(r"[^\W_]+", text.lower())
    return [singular(word) for word in found if word not in COMMON]


def singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


@dataclass(frozen=True, slots=True)
class Model:
    """What was counted in the training texts: texts a tag, and words a tag."""

    texts: dict[str, int]
    words: dict[str, dict[str, int]]

    def tags(self, text: str, *, at_least: float = 0.3) -> list[tuple[str, float]]:
        """The tags that fit, with their probabilities, best first; none for a text of unknown words."""
        vocabulary = {word for counted in self.words.values() for word in counted}
        known = [word for word in words(text) if word in vocabulary]
        if not known:
            return []
        scores = {tag: self._score(tag, known, len(vocabulary)) for tag in self.texts}
        highest = max(scores.values())
        weights = {tag: math.exp(score - highest) for tag, score in scores.items()}
        total = sum(weights.values())
        likely = [(tag, weight / total) for tag, weight in weights.items() if weight / total >= at_least]
        return sorted(likely, key=lambda pair: (-pair[1], pair[0]))

    def _score(self, tag: str, known: list[str], vocabulary: int) -> float:
        counted = self.words[tag]
        total = sum(counted.values()) + vocabulary
        return math.log(self.texts[tag]) + sum(math.log((counted.get(word, 0) + 1) / total) for word in known)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), sort_keys=True))


def train(examples: Iterable[tuple[str, str]]) -> Model:
    """`examples` are pairs of tag and text."""
    texts: Counter[str] = Counter()
    counted: dict[str, Counter[str]] = {}
    for tag, text in examples:
        texts[tag] += 1
        counted.setdefault(tag, Counter()).update(words(text))
    return Model(dict(texts), {tag: dict(counter) for tag, counter in counted.items()})


def load(path: Path) -> Model:
    return Model(**json.loads(path.read_text()))
