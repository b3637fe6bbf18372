"""What is done to text on its way to the database. Nothing here touches it."""

from collections.abc import Iterable


def tidy_tags(tags: Iterable[str]) -> list[str]:
    """Lower case, one space between words, each tag once, in the order given."""
    tidy = (" ".join(tag.lower().split()) for tag in tags)
    return list(dict.fromkeys(tag for tag in tidy if tag))


def like_pattern(words: str) -> str:
    """An ILIKE pattern that finds `words` anywhere, taking %, _ and \\ as themselves."""
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
