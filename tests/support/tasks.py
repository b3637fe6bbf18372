"""Task definitions as modules/aws/application-database has them, and a database for them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from homeport.aws import Session
from homeport.aws.tasks import TaskSpec

PATIENCE = 60  # seconds
PSQL = "printf '%s\\n' \"$HOMEPORT_SQL\" | psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1"


@dataclass(frozen=True)
class Cluster:
    """An ECS cluster with a log group of its own."""

    session: Session
    name: str

    @classmethod
    def make(cls, session: Session) -> Cluster:
        name = f"t{uuid4().hex[:8]}"
        session.client("ecs").create_cluster(clusterName=name)
        session.client("logs").create_log_group(logGroupName=f"/homeport/{name}")
        return cls(session, name)

    def define(
        self,
        container: str,
        image: str,
        command: list[str],
        *,
        environment: dict[str, str] | None = None,
        secrets: dict[str, str] | None = None,
    ) -> TaskSpec:
        """A further revision of the definition `<cluster>-<container>`."""
        options = {
            "awslogs-group": f"/homeport/{self.name}",
            "awslogs-region": self.session.region,
            "awslogs-stream-prefix": container,
        }
        registered = self.session.client("ecs").register_task_definition(
            family=f"{self.name}-{container}",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[
                {
                    "name": container,
                    "image": image,
                    "command": command,
                    "environment": [{"name": name, "value": value} for name, value in (environment or {}).items()],
                    "secrets": [{"name": name, "valueFrom": arn} for name, arn in (secrets or {}).items()],
                    "logConfiguration": {"logDriver": "awslogs", "options": options},
                }
            ],
        )
        arn = registered["taskDefinition"]["taskDefinitionArn"]
        return TaskSpec(self.name, arn, container, ("subnet-1",), ("sg-1",))


@dataclass(frozen=True)
class Database:
    """An RDS instance whose master password AWS manages."""

    host: str
    port: int
    master_secret: str

    @classmethod
    def make(cls, session: Session) -> Database:
        rds, name = session.client("rds"), f"t{uuid4().hex[:8]}"
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            EngineVersion="17",
            AllocatedStorage=20,
            MasterUsername="homeport",
            ManageMasterUserPassword=True,
        )
        deadline = time.monotonic() + PATIENCE
        while (found := _look(rds, name))["DBInstanceStatus"] != "available":
            assert time.monotonic() < deadline, f"{name} is {found['DBInstanceStatus']}"
            time.sleep(0.2)
        endpoint = found["Endpoint"]
        return cls(endpoint["Address"], endpoint["Port"], found["MasterUserSecret"]["SecretArn"])

    def psql(self, cluster: Cluster) -> TaskSpec:
        """The task that runs SQL as the master."""
        return cluster.define(
            "psql",
            cluster.session.endpoints.client_image,
            ["sh", "-c", PSQL],
            environment={
                "PGCONNECT_TIMEOUT": "10",
                "PGDATABASE": "postgres",
                "PGHOST": self.host,
                "PGPORT": str(self.port),
                "PGSSLMODE": "require",
                "PGUSER": "homeport",
            },
            secrets={"PGPASSWORD": f"{self.master_secret}:password::"},
        )


def make_secret(session: Session, name: str) -> str:
    """A secret without a value; its ARN."""
    return str(session.client("secretsmanager").create_secret(Name=name)["ARN"])


def login_of(session: Session, arn: str) -> dict[str, str]:
    """What is kept of a role."""
    found: dict[str, str] = json.loads(session.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    return found


def _look(rds: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    return found
