"""RDS instances: a master password that RDS manages, and log exports that are read back, as clusters have them."""

import json
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import rds, secretsmanager

Parameters = Mapping[str, list[str]]
Answer = tuple[int, dict[str, str], bytes]

_create, _modify, _delete, _xml = (
    rds._create_db_instance,
    rds._modify_db_instance,
    rds._delete_db_instance,
    rds._instance_xml,
)


def apply() -> None:
    rds._instance_xml = instance_xml
    rds._ACTION_MAP |= {
        "CreateDBInstance": create,
        "ModifyDBInstance": modify,
        "DeleteDBInstance": delete,
    }


def create(parameters: Parameters) -> Answer:
    """A managed password is made here, given to the real Postgres, and kept as a secret as RDS keeps it."""
    identifier = rds._p(parameters, "DBInstanceIdentifier")
    secret = None
    if _is_managed(parameters) and identifier not in rds._instances:
        password = rds._generate_master_user_password()
        secret = _managed_secret(identifier, rds._p(parameters, "MasterUsername") or "postgres", password)
        parameters = {**parameters, "MasterUserPassword": [password]}
    answer: Answer = _create(parameters)
    instance = rds._instances.get(identifier)
    if answer[0] != 200 or instance is None:
        _forget(secret)
        return answer
    if secret:
        instance["MasterUserSecret"] = secret
    instance["EnabledCloudwatchLogsExports"] = _listed(parameters, "EnableCloudwatchLogsExports.member")
    return _described("CreateDBInstance", instance)


def modify(parameters: Parameters) -> Answer:
    answer: Answer = _modify(parameters)
    instance = rds._instances.get(rds._p(parameters, "DBInstanceIdentifier"))
    if answer[0] != 200 or instance is None:
        return answer
    logs = "CloudwatchLogsExportConfiguration"
    enabled = set(instance.get("EnabledCloudwatchLogsExports", ()))
    enabled |= set(_listed(parameters, f"{logs}.EnableLogTypes.member"))
    enabled -= set(_listed(parameters, f"{logs}.DisableLogTypes.member"))
    instance["EnabledCloudwatchLogsExports"] = sorted(enabled)
    return _described("ModifyDBInstance", instance)


def delete(parameters: Parameters) -> Answer:
    instance = rds._instances.get(rds._p(parameters, "DBInstanceIdentifier"))
    answer: Answer = _delete(parameters)
    if answer[0] == 200 and instance:
        _forget(instance.get("MasterUserSecret"))
    return answer


def instance_xml(instance: Mapping[str, Any]) -> str:
    text = str(_xml(instance))
    exports = "".join(f"<member>{escape(name)}</member>" for name in instance.get("EnabledCloudwatchLogsExports", ()))
    tag = "EnabledCloudwatchLogsExports"
    text = text.replace(f"<{tag}/>", f"<{tag}>{exports}</{tag}>")
    if secret := instance.get("MasterUserSecret"):
        parts = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in secret.items())
        text += f"<MasterUserSecret>{parts}</MasterUserSecret>"
    return text


def _is_managed(parameters: Parameters) -> bool:
    is_asked = rds._p(parameters, "ManageMasterUserPassword") == "true"
    return is_asked and not rds._p(parameters, "DBClusterIdentifier")


def _managed_secret(identifier: str, user: str, password: str) -> dict[str, str]:
    """Source: Amazon RDS user guide, "Password management with Amazon RDS and AWS Secrets Manager"."""
    arn = secretsmanager.create_secret_in_process(
        f"rds!db-{new_uuid()}",
        json.dumps({"username": user, "password": password}),
        description=f"The secret associated with the primary RDS DB instance: {identifier}",
    )
    key = f"arn:aws:kms:{get_region()}:{get_account_id()}:key/aws-secretsmanager-default"
    return {"SecretArn": arn, "SecretStatus": "active", "KmsKeyId": key}


def _forget(secret: Mapping[str, str] | None) -> None:
    if secret:
        secretsmanager.delete_secret_in_process(secret["SecretArn"])


def _listed(parameters: Parameters, name: str) -> list[str]:
    """The members of a list in a query's parameters, `name.1`, `name.2` and so on."""
    found: list[str] = []
    while value := rds._p(parameters, f"{name}.{len(found) + 1}"):
        found.append(value)
    return found


def _described(action: str, instance: Mapping[str, Any]) -> Answer:
    answer: Answer = rds._single_instance_response(f"{action}Response", f"{action}Result", instance)
    return answer
