"""What containers run in, come from and write to: ECS, ECR and CloudWatch's logs."""

from __future__ import annotations

from homeport.aws.left_behind.found import Account, Found, Kind, Values, tags


def cluster(account: Account, values: Values) -> list[Found]:
    name = values["name"]
    answer = account.ask("ecs", "describe_clusters", clusters=[name], include=["TAGS"])
    return [Found(name, tags(one.get("tags"))) for one in answer["clusters"] if one["status"] == "ACTIVE"]


def service(account: Account, values: Values) -> list[Found]:
    where, name = values["cluster"], values["name"]
    answer = account.ask(
        "ecs", "describe_services", "ClusterNotFoundException", cluster=where, services=[name], include=["TAGS"]
    )
    standing = [one for one in answer.get("services", ()) if one["status"] == "ACTIVE"]
    return [Found(f"{where.rpartition('/')[2]}/{name}", tags(one.get("tags"))) for one in standing]


def repository(account: Account, values: Values) -> list[Found]:
    name = values["name"]
    answer = account.ask("ecr", "describe_repositories", "RepositoryNotFoundException", repositoryNames=[name])
    arns = [one["repositoryArn"] for one in answer.get("repositories", ())]
    return [Found(name, tags(account.ask("ecr", "list_tags_for_resource", resourceArn=arn)["tags"])) for arn in arns]


def log_group(account: Account, values: Values) -> list[Found]:
    name = values["name"]
    answer = account.ask("logs", "describe_log_groups", logGroupNamePrefix=name)
    arns = [one["arn"].removesuffix(":*") for one in answer["logGroups"] if one["logGroupName"] == name]
    return [Found(name, account.ask("logs", "list_tags_for_resource", resourceArn=arn)["tags"]) for arn in arns]


KINDS = {
    "aws_ecs_cluster": Kind(cluster, ("name",)),
    "aws_ecs_service": Kind(service, ("cluster", "name")),
    "aws_ecr_repository": Kind(repository, ("name",)),
    "aws_cloudwatch_log_group": Kind(log_group, ("name",)),
}
