"""The server's store of secrets, on files of this machine."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import docker
import pytest

from homeport.errors import HomeportError, Refused
from homeport.home.home import Home
from homeport.home.secrets import SecretStore
from homeport.host.local import LocalHost
from homeport.secret import Secret

SCOPE = "notes.home"


@pytest.fixture
def store(tmp_path: Path) -> SecretStore:
    no_engine = cast(docker.APIClient, None)  # a store has files and a lock, and asks no engine
    return SecretStore(Home(LocalHost(), "homeport", str(tmp_path), no_engine))


def test_a_changed_value_is_a_new_version_and_the_same_is_not(store: SecretStore) -> None:
    """The version is all that a plan sees."""
    versions = [store.set(SCOPE, "KEY", Secret(value)) for value in ("one", "one", "two", "one")]
    assert versions == [1, 1, 2, 3]
    assert Secret("one") == store.get(SCOPE, "KEY")
    assert store.list(SCOPE) == {"KEY": 3}


def test_a_value_after_a_removal_is_a_new_version(store: SecretStore) -> None:
    """Otherwise another value would have a version that a state knows already."""
    store.set(SCOPE, "KEY", Secret("one"))
    store.remove(SCOPE, "KEY")
    assert store.list(SCOPE) == {}
    assert store.set(SCOPE, "KEY", Secret("two")) == 2


@pytest.mark.parametrize("value", ["a b", "line\nline", "'\"\\$", "ünï", "x" * 100_000])
def test_a_value_comes_back_as_it_was(store: SecretStore, value: str) -> None:
    store.set(SCOPE, "KEY", Secret(value))
    assert value == store.get(SCOPE, "KEY").reveal()


def test_scopes_do_not_see_each_other(store: SecretStore) -> None:
    store.set(SCOPE, "KEY", Secret("one"))
    assert store.list("notes.staging") == {}
    assert store.password(SCOPE, "app") != store.password("notes.staging", "app")


def test_only_the_owner_can_read_the_file(store: SecretStore, tmp_path: Path) -> None:
    store.set(SCOPE, "KEY", Secret("one"))
    file = tmp_path / "secrets" / f"{SCOPE}.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "ask", [lambda s: s.get(SCOPE, "KEY"), lambda s: s.remove(SCOPE, "KEY")], ids=["get", "remove"]
)
@pytest.mark.parametrize("was_set", [False, True])
def test_a_secret_that_is_not_set_is_said(
    store: SecretStore, ask: Callable[[SecretStore], object], was_set: bool
) -> None:
    """With the names that are there, and the way to set it."""
    store.set(SCOPE, "OTHER", Secret("x"))
    if was_set:
        store.set(SCOPE, "KEY", Secret("x"))
        store.remove(SCOPE, "KEY")
    with pytest.raises(Refused, match=r"no secret KEY on home \(there: OTHER\)") as caught:
        ask(store)
    assert "homeport secret set KEY home" in caught.value.next_step


@pytest.mark.parametrize("name", ["", "1KEY", "A-B", "A B", "A=B", "ключ", "A\n", "../x"])
def test_a_name_that_is_no_environment_variable_is_refused(store: SecretStore, name: str) -> None:
    with pytest.raises(Refused, match="cannot be the name of a secret"):
        store.set(SCOPE, name, Secret("x"))


@pytest.mark.parametrize("value", ["", "a\0b"])
def test_a_value_that_no_environment_can_hold_is_refused(store: SecretStore, value: str) -> None:
    with pytest.raises(Refused, match="The value of KEY"):
        store.set(SCOPE, "KEY", Secret(value))


@pytest.mark.parametrize("scope", ["", "../x", "a/b", "a.b.c", "A.b", ".x"])
def test_a_scope_never_leaves_the_folder(store: SecretStore, scope: str) -> None:
    with pytest.raises(Refused, match="belong to an application and a target"):
        store.list(scope)


def test_a_password_is_made_once(store: SecretStore) -> None:
    """Also when several ask for it at once."""
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: store.password("base", "postgres"), range(16)))
    assert {store.password("base", "postgres")} == made
    assert len(made.pop().reveal()) == 32


def test_passwords_are_not_among_the_secrets_of_an_application(store: SecretStore) -> None:
    store.password(SCOPE, "app")
    assert store.list(SCOPE) == {}


def test_a_forgotten_scope_is_empty(store: SecretStore, tmp_path: Path) -> None:
    store.set(SCOPE, "KEY", Secret("one"))
    before = store.password(SCOPE, "app")
    store.forget(SCOPE)
    assert store.list(SCOPE) == {}
    assert before != store.password(SCOPE, "app")
    assert "one" not in (tmp_path / "secrets" / f"{SCOPE}.json").read_text()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"secrets": {"A": {}}, "passwords": {}}'])
def test_a_broken_file_is_never_taken_for_an_empty_one(store: SecretStore, tmp_path: Path, content: str) -> None:
    """New passwords would lock every application out."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / f"{SCOPE}.json").write_text(content)
    with pytest.raises(HomeportError, match="cannot be read as a file of secrets"):
        store.password(SCOPE, "app")


def test_many_are_set_together_or_not_at_all(store: SecretStore) -> None:
    """One that cannot be kept leaves the others as they were."""
    store.set(SCOPE, "OLD", Secret("one"))
    with pytest.raises(Refused, match="The value of BAD"):
        store.set_all(SCOPE, {"NEW": Secret("x"), "BAD": Secret("")})
    assert store.list(SCOPE) == {"OLD": 1}


def test_what_became_of_each_is_told(store: SecretStore) -> None:
    """Of a removed one too: it is new, and its version goes on."""
    for name in ("SAME", "OTHER", "GONE"):
        store.set(SCOPE, name, Secret("one"))
    store.remove(SCOPE, "GONE")
    values = {"SAME": "one", "OTHER": "two", "GONE": "one", "FIRST": "one"}
    told = store.set_all(SCOPE, {name: Secret(value) for name, value in values.items()})
    assert told == {"SAME": "unchanged", "OTHER": "changed", "GONE": "new", "FIRST": "new"}
    assert store.list(SCOPE) == {"FIRST": 1, "GONE": 2, "OTHER": 2, "SAME": 1}
