"""Reading an .env file: what every line means, and where a mistake is."""

import pytest

from homeport.deploy.dotenv import choose, read
from homeport.errors import ManifestInvalid

MEANINGS = {
    "plain": ("A=one", "one"),
    "spaces around": ("  A =  one two  ", "one two"),
    "export": ("export A=one", "one"),
    "a comment behind": ("A=one # not this", "one"),
    "a hash inside": ("A=one#two", "one#two"),
    "an equals sign inside": ("A=one==", "one=="),
    "quotes inside": ("A=it's", "it's"),
    "a backslash in a bare value": ("A=a\\nb", "a\\nb"),
    "single quotes are literal": ("A='$HOME \\n #x'", "$HOME \\n #x"),
    "an escaped single quote": ("A='it\\'s'", "it's"),
    "double quotes decode": ('A="a\\nb\\t\\"c\\" \\$d \\\\"', 'a\nb\t"c" $d \\'),
    "a comment behind quotes": ("A='one' # not this", "one"),
    "over lines": ("A='one\ntwo\n'", "one\ntwo\n"),
    "Windows line ends": ("A=one\r\n", "one"),
    "a byte order mark": ("\ufeffA=one", "one"),
    "no ASCII": ("A=ключ", "ключ"),
}
BAD_LINES = {
    "no sign": (b"A=1\n\nsecret-of-B\n", "x.env:3: should be NAME=value"),
    "a sign of YAML": (b"A: 1", "x.env:1: should be NAME=value"),
    "a name with a digit first": (b"1A=1", "x.env:1: should be NAME=value"),
    "an open quote": (b"A=1\nB='secret\nC=2", "x.env:2: B begins with a quote that is not closed"),
    "text behind a quote": (b"A='1'secret", "x.env:1: A has something behind its closing quote"),
    "no UTF-8": (b"A=1\nB=\xff", "x.env:2: should be UTF-8 text"),
}
BROKEN = {
    "empty": ("A=", "A has no value"),
    "empty before a comment": ("A= # nothing", "A has no value"),
    "a variable": ("A=a${secret}", "A holds a $"),
    "a variable in double quotes": ('A="a$secret"', "A holds a $"),
    "an escape that is none, as Dokku writes it": ('A="a\\!secret"', "A holds a backslash before a sign"),
    "an octal escape": ('A="a\\01"', "A holds \\0"),
    "twice": ("A=1\n# x\nA=2", "A is given in line 2, too"),
}


@pytest.mark.parametrize("name", MEANINGS)
def test_a_line_means_what_compose_takes_it_for(name: str) -> None:
    text, value = MEANINGS[name]
    chosen = choose(read(text.encode(), named="x.env"), lambda _: True, named="x.env")
    assert {"A": value} == {key: secret.reveal() for key, secret in chosen.items()}


def test_every_variable_has_its_line() -> None:
    """Counted over comments, blank lines and values of several lines."""
    entries = read(b"# one\n\nA='x\ny'\n  # two\nB=1\n", named="x.env")
    assert [("A", 3), ("B", 6)] == [(entry.name, entry.line) for entry in entries]


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_line_that_is_none_is_named(name: str) -> None:
    """By file and line, and never with what stands in it."""
    data, said = BAD_LINES[name]
    with pytest.raises(ManifestInvalid) as caught:
        read(data, named="x.env")
    assert str(caught.value).startswith(said)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", BROKEN)
def test_a_value_that_could_mean_two_things_is_refused(name: str) -> None:
    """Only for a variable that is wanted: the rest of the file is somebody else's."""
    text, said = BROKEN[name]
    entries = read(f"B=1\n{text}".encode(), named="x.env")
    with pytest.raises(ManifestInvalid, match=r"x\.env:[24]: ") as caught:
        choose(entries, lambda _: True, named="x.env")
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)
    assert ["B"] == list(choose(entries, lambda name: name == "B", named="x.env"))


def test_all_mistakes_are_said_at_once() -> None:
    with pytest.raises(ManifestInvalid) as caught:
        read(b"first\nA=1\nthird\n", named="x.env")
    assert ["x.env:1", "x.env:3"] == [problem.rpartition(":")[0] for problem in caught.value.problems]
