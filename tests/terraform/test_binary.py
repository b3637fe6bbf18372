"""What a Terraform of ours finds in its environment."""

import pytest

from homeport.terraform.binary import environment


def test_a_persons_own_settings_do_not_bend_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace or arguments that were set for other roots are left out; what is given stands over all."""
    monkeypatch.setenv("TF_WORKSPACE", "theirs")
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-destroy")
    monkeypatch.setenv("TF_HTTP_ADDRESS", "https://theirs.example.com")
    found = environment({"TF_HTTP_ADDRESS": "http://127.0.0.1:1/state"})
    assert {"TF_WORKSPACE", "TF_CLI_ARGS_plan"} & found.keys() == set()
    assert "http://127.0.0.1:1/state" == found["TF_HTTP_ADDRESS"]


def test_opentofu_encrypts_no_state_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """We read it, and keep it where only we do; so may a Terraform that goes on with it."""
    monkeypatch.setenv("TF_ENCRYPTION", 'key_provider "pbkdf2" "theirs" {}')
    monkeypatch.setenv("OPENTOFU_STATEFILE_PROVIDER_ADDRESS_TRANSLATION", "0")
    assert not [name for name in environment({}) if name.endswith(("ENCRYPTION", "TRANSLATION"))]


def test_its_memory_is_tidied_less_often_unless_a_person_says_how_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has little memory sets GOGC, as for any program in Go."""
    monkeypatch.delenv("GOGC", raising=False)
    assert "400" == environment({})["GOGC"]
    monkeypatch.setenv("GOGC", "50")
    assert "50" == environment({})["GOGC"]
