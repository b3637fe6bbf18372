"""What the home registry is given."""

import pytest
from ruamel.yaml import YAML

from homeport.errors import RegistryFailed
from homeport.home import registry
from homeport.secret import Secret


def test_config() -> None:
    """Passwords on, deletion on, relative locations, and no port that nobody asked for."""
    config = YAML(typ="safe").load(registry.config(Secret("sesame"), port=5000))
    assert config["storage"] == {
        "filesystem": {"rootdirectory": "/var/lib/registry"},
        "delete": {"enabled": True},
    }
    assert config["auth"] == {"htpasswd": {"realm": "homeport", "path": "/etc/registry/htpasswd"}}
    assert config["http"]["relativeurls"] is True
    assert config["http"]["addr"] == ":5000"
    assert "debug" not in config["http"]


def test_htpasswd() -> None:
    """A file that lets in exactly these users with these passwords is kept; any other is written anew."""
    logins = {"homeport": Secret("sesame"), "backup": Secret("other")}
    text = registry.htpasswd(logins)
    assert "sesame" not in text
    assert registry.is_current(text, logins)
    assert not registry.is_current(text, {**logins, "homeport": Secret("changed")})
    assert not registry.is_current(text, {"homeport": Secret("sesame")})
    assert not registry.is_current("homeport:{SHA}no-bcrypt\n", {"homeport": Secret("sesame")})
    assert not registry.is_current("", logins)


@pytest.mark.parametrize(("user", "password"), [("a:b", "x"), ("", "x"), ("a\nb", "x"), ("homeport", "x" * 73)])
def test_refused(user: str, password: str) -> None:
    """What would break the file, or be cut by bcrypt unseen, is refused."""
    with pytest.raises(RegistryFailed):
        registry.htpasswd({user: Secret(password)})


def test_login() -> None:
    """The engine's login holds the password, and only it does."""
    assert registry.auth_config("homeport", Secret("sesame")) == {
        "username": "homeport",
        "password": "sesame",
    }
    assert registry.prefix(5000) == "127.0.0.1:5000"
