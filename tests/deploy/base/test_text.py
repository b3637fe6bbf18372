"""The base as a file for its owner."""

from dataclasses import replace
from pathlib import Path

import pytest

from homeport.deploy.base.home.text import base_text
from homeport.home.base import Base
from homeport.manifest import BaseFile, load_base

HERE = Base(
    id="1", instance="i", domain="localhost", address="127.0.0.1", http=8080, https=8443, registry_port=5001, backup="",
    postgres=17, edge="172.30.0.0/24", data="172.30.1.0/24", image_source="built",
)  # fmt: skip


def read_back(text: str, folder: Path) -> BaseFile:
    file = folder / "homeport.base.yaml"
    file.write_text(text)
    return load_base(file)


@pytest.mark.parametrize(
    "base",
    [
        HERE,
        replace(HERE, domain="home.example.com", address="0.0.0.0"),
        replace(HERE, address="192.168.1.10"),
        replace(HERE, domain="home.example.com", address="127.0.0.1", tls="own", registry_lan=5443, backup="/mnt/b"),
        replace(HERE, tls="given", certificate="/c.pem", key="/k.pem"),
    ],
)
def test_the_file_makes_the_very_base_again(tmp_path: Path, base: Base) -> None:
    read = read_back(base_text(base), tmp_path)
    tls = read.gateway.tls
    assert (base.domain, base.address, base.http, base.https) == (
        read.domain, read.listen_address(), read.gateway.http, read.gateway.https
    )  # fmt: skip
    assert base.tls == ("" if tls is None else "own" if tls.is_own else "given")
    assert (base.backup, base.registry_lan) == (read.registry.backup or "", read.registry.lan or 0)
    assert (base.edge, base.data) == (str(read.network.edge), str(read.network.data))


def test_another_domain_opens_it_to_others(tmp_path: Path) -> None:
    """Who writes a name that others can ask for has not to know of the address, too."""
    text = base_text(HERE).replace("domain: localhost", "domain: home.example.com")
    assert "0.0.0.0" == read_back(text, tmp_path).listen_address()
