"""Trains the model when the image is built: python train.py data/training.csv model.json

The same texts give the same file. A model that is worse than LEAST_ACCURACY fails the build.
"""

import csv
import sys
from pathlib import Path

from tagger.model import train

LEAST_ACCURACY = 0.8  # by chance it would be one in eight


def accuracy(examples: list[tuple[str, str]]) -> float:
    """Leave-one-out: each text is tagged by a model that has not seen it."""
    hits = 0
    for index, (tag, text) in enumerate(examples):
        others = train(examples[:index] + examples[index + 1 :])
        best = others.tags(text, at_least=0)[:1]
        hits += bool(best) and best[0][0] == tag
    return hits / len(examples)


def main(source: Path, result: Path) -> None:
    with source.open(newline="") as file:
        examples = [(row["tag"], row["text"]) for row in csv.DictReader(file)]
    measured = accuracy(examples)
    print(f"{len(examples)} texts, accuracy {measured:.2f}, each text left out in turn")
    if measured < LEAST_ACCURACY:
        sys.exit(f"worse than {LEAST_ACCURACY}: look at what changed in {source}")
    train(examples).save(result)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
