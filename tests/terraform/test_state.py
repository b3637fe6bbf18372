"""Terraform's state over HTTP, and what an interrupted run leaves."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest

from homeport.terraform import Binary, Workspace, serve_state
from homeport.terraform.statefile import attributes


class Kept:
    """A store in memory."""

    def __init__(self, state: bytes | None = None) -> None:
        self.states = [state] if state else []

    def read(self) -> bytes | None:
        return self.states[-1] if self.states else None

    def write(self, state: bytes) -> None:
        self.states.append(state)


def _ask(
    variables: Mapping[str, str], method: str, body: bytes = b"", *, password: str | None = None
) -> tuple[int, bytes]:
    secret = variables["TF_HTTP_PASSWORD"] if password is None else password
    login = base64.b64encode(f"{variables['TF_HTTP_USERNAME']}:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {login}"}
    request = urllib.request.Request(variables["TF_HTTP_ADDRESS"], data=body or None, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_state_is_given_back_as_it_was_kept() -> None:
    """404 before the first, then the newest, byte for byte; none is overwritten."""
    store = Kept()
    with serve_state(store) as variables:
        assert _ask(variables, "GET")[0] == 404
        _ask(variables, "POST", b'{"serial": 1}')
        _ask(variables, "POST", b'{"serial": 2}')
        assert _ask(variables, "GET") == (200, b'{"serial": 2}')
    assert store.states == [b'{"serial": 1}', b'{"serial": 2}']


def test_a_state_of_opentofus_is_given_at_terraforms_addresses() -> None:
    """OpenTofu takes those for its own; Terraform would want two providers, and have settings for one of them only."""
    by = r'{"resources": [{"provider": "%s"}, {"provider": "%s"}], "outputs": {"said": {"value": "%s"}}}'
    providers = r"provider[\"{0}/homeport/homeport\"]", r"module.site.provider[\"{0}/hashicorp/aws\"].us_east_1"
    text = r"provider[\"registry.opentofu.org/x/y\"]"
    kept, given = (
        (by % (*(one.format(host) for one in providers), text)).encode()
        for host in ("registry.opentofu.org", "registry.terraform.io")
    )
    assert json.loads(kept)
    store = Kept(kept)
    with serve_state(store) as variables:
        assert (200, given) == _ask(variables, "GET")
    assert [kept] == store.states


def test_a_stranger_gets_no_state() -> None:
    """The password of the run is asked for, whatever the method."""
    with serve_state(Kept(b"{}")) as variables:
        assert {401} == {_ask(variables, method, password="guess")[0] for method in ("GET", "POST", "LOCK", "UNLOCK")}


def test_a_second_lock_is_refused_with_the_holder() -> None:
    """423 and who holds it, as Terraform expects."""
    with serve_state(Kept()) as variables:
        assert _ask(variables, "LOCK", b'{"ID": "1"}')[0] == 200
        assert _ask(variables, "LOCK", b'{"ID": "2"}') == (423, b'{"ID": "1"}')
        _ask(variables, "UNLOCK", b'{"ID": "1"}')
        assert _ask(variables, "LOCK", b'{"ID": "2"}')[0] == 200


@pytest.mark.parametrize(("lineage", "errored", "kept"), [("a", 7, 7), ("a", 3, 5), ("another", 7, 5)])
def test_what_a_killed_run_could_not_save_is_taken_up(tmp_path: Path, lineage: str, errored: int, kept: int) -> None:
    """A newer `errored.tfstate` of the same root becomes the state; any other is dropped."""
    store = Kept(b'{"lineage": "a", "serial": 5}')
    workspace = Workspace(tmp_path, {}, modules=tmp_path, binary=Binary("none", ("false",)), variables={})
    (tmp_path / "errored.tfstate").write_text(json.dumps({"lineage": lineage, "serial": errored}))
    workspace.heal(store)
    assert kept == json.loads(store.read() or b"")["serial"]
    assert not (tmp_path / "errored.tfstate").exists()


def test_a_state_names_its_containers_deposed_ones_included() -> None:
    """What a sweep must leave alone."""
    instances = [{"attributes": {"name": "new"}}, {"deposed": "1", "attributes": {"name": "old"}}]
    state = json.dumps({"resources": [{"type": "homeport_container", "instances": instances}]}).encode()
    assert [one["name"] for one in attributes(state, "container")] == ["new", "old"]
    assert attributes(None, "container") == []
