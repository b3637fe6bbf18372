"""Asks the model for the tags of a text."""

import json
import urllib.request


def ask_tagger(url: str, text: str) -> list[str]:
    """Raises OSError when the model does not answer."""
    body = json.dumps({"text": text}).encode()
    question = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(question, timeout=5) as answer:
        return [tag["tag"] for tag in json.load(answer)["tags"]]
