"""A command in a container: what it prints, how it ends, and what becomes of one that does not come to its end."""

import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from homeport.errors import EngineFailed
from homeport.home.engine import engine
from homeport.home.execute import execute
from homeport.home.home import Home
from homeport.host import Output
from homeport.host.local import LocalHost
from tests.docker.home.conftest import remove_all
from tests.support.images import service_images

pytestmark = pytest.mark.docker
KILLED = 128 + 9


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    host = LocalHost()
    home = Home(host, f"hptest{secrets.token_hex(4)}", str(tmp_path), engine(host))
    yield home
    remove_all(home.docker, home.instance)
    home.docker.close()


@pytest.fixture
def container(home: Home) -> str:
    """One that waits."""
    command, name = ["sleep", "600"], f"{home.instance}-waits"
    host = home.docker.create_host_config(network_mode="none")
    home.docker.create_container(
        service_images().gateway, entrypoint=command, name=name, labels=home.labels(), host_config=host
    )
    home.docker.start(name)
    return name


@pytest.mark.parametrize("printed", ["", "7", "\n", "one\n2"])
def test_output_and_exit_code_are_kept_apart(home: Home, container: str, printed: str) -> None:
    """Also where the output ends with a number, or without a line's end."""
    ended = execute(home.docker, container, ("sh", "-c", f"printf '{printed}'; printf error >&2; exit 3"))
    assert Output(3, printed.encode().replace(b"\\n", b"\n"), b"error") == ended


@pytest.mark.parametrize("printed", ["7", "\n7", "ab12"])
def test_a_container_that_ends_gives_no_exit_code_of_its_output(home: Home, container: str, printed: str) -> None:
    """What was printed last is not taken for one."""
    ending = threading.Timer(0.5, lambda: home.docker.kill(container))
    ending.start()
    try:
        ended = execute(home.docker, container, ("sh", "-c", f"printf '{printed}'; sleep 60"))
    except EngineFailed as error:
        assert "did not come to its end" in str(error)
    else:  # the kernel killed the command first, and what waits for it had time to say so
        assert KILLED == ended.returncode
    ending.join()


def test_a_container_without_a_shell_says_so(home: Home, container: str) -> None:
    """The reason is the engine's."""
    home.docker.exec_start(home.docker.exec_create(container, ["rm", "/bin/sh"], user="0")["Id"])
    with pytest.raises(EngineFailed) as caught:
        execute(home.docker, container, ("true",))
    assert "sh" in str(caught.value) + caught.value.detail
    assert "OCI runtime exec failed" in caught.value.detail
