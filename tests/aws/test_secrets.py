"""Secrets in AWS Secrets Manager."""

import pytest

from homeport.aws import Session
from homeport.aws.secrets import CloudSecrets
from homeport.errors import Refused
from homeport.secret import Secret

SCOPE = "notes.production"
VALUE = Secret("correct horse battery staple")


@pytest.fixture
def secrets(session: Session) -> CloudSecrets:
    return CloudSecrets(session)


@pytest.fixture(autouse=True)
def _empty(secrets: CloudSecrets) -> None:
    secrets.forget(SCOPE)


def test_a_value_has_a_version_and_another_value_another(secrets: CloudSecrets) -> None:
    """The plan shows that it changed, and not what it is; the same value changes nothing."""
    first = secrets.set(SCOPE, "API_KEY", VALUE)
    same = secrets.set(SCOPE, "API_KEY", VALUE)
    second = secrets.set(SCOPE, "API_KEY", Secret("other"))

    assert (first, True) == (same, first != second)
    assert {"API_KEY": second} == secrets.list(SCOPE) == secrets.versions(SCOPE, ["API_KEY", "MISSING"])
    assert Secret("other") == secrets.get(SCOPE, "API_KEY")


def test_it_lies_where_the_modules_look(secrets: CloudSecrets, session: Session) -> None:
    """`homeport/<application>/<target>/<NAME>`, with tags that say whose it is."""
    secrets.set(SCOPE, "API_KEY", VALUE)
    said = session.client("secretsmanager").describe_secret(SecretId="homeport/notes/production/API_KEY")

    assert {"homeport:application": "notes", "homeport:target": "production"} == {
        tag["Key"]: tag["Value"] for tag in said["Tags"]
    }


def test_what_is_removed_is_not_set_and_can_be_set_again(secrets: CloudSecrets) -> None:
    """Secrets Manager keeps it for some days; to a person it is gone."""
    first = secrets.set(SCOPE, "API_KEY", VALUE)
    secrets.remove(SCOPE, "API_KEY")

    assert {} == secrets.list(SCOPE)
    with pytest.raises(Refused, match=r"notes has no secret API_KEY on production \(there: none\)"):
        secrets.get(SCOPE, "API_KEY")
    with pytest.raises(Refused, match="notes has no secret API_KEY"):
        secrets.remove(SCOPE, "API_KEY")
    assert {"API_KEY": "new"} == secrets.set_all(SCOPE, {"API_KEY": VALUE})
    assert (VALUE, False) == (secrets.get(SCOPE, "API_KEY"), first == secrets.list(SCOPE)["API_KEY"])


def test_a_databases_own_secrets_are_none_of_the_applications(secrets: CloudSecrets, session: Session) -> None:
    """They belong to Terraform: neither listed nor removed with the others."""
    manager = session.client("secretsmanager")
    manager.create_secret(Name="homeport/notes/production/database-app", SecretString="{}")
    secrets.set(SCOPE, "API_KEY", VALUE)

    assert ["API_KEY"] == list(secrets.list(SCOPE))
    secrets.forget(SCOPE)
    assert "DeletedDate" not in manager.describe_secret(SecretId="homeport/notes/production/database-app")


def test_another_targets_are_not_seen(secrets: CloudSecrets) -> None:
    """Not even of a target whose name begins with this one's."""
    secrets.set("notes.production-two", "OTHER", VALUE)

    assert {} == secrets.list(SCOPE)


@pytest.mark.parametrize(
    ("name", "value"), [("API-KEY", "x"), ("1ST", "x"), ("API_KEY", ""), ("API_KEY", "a\0b"), ("LONG", "x" * 65537)]
)
def test_all_are_kept_or_none(secrets: CloudSecrets, name: str, value: str) -> None:
    """One that no environment variable can be stops the others before anything is set; its value is in no message."""
    with pytest.raises(Refused) as refused:
        secrets.set_all(SCOPE, {"GOOD": VALUE, name: Secret(value)})

    assert VALUE.reveal() not in str(refused.value)
    assert {} == secrets.list(SCOPE)
