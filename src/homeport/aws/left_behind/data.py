"""What keeps data: RDS, Secrets Manager and the buckets of sites."""

from __future__ import annotations

from homeport.aws.left_behind.found import Account, Found, Kind, Values, tags

ON_ITS_WAY = {"available": True, "creating": False, "backing-up": False, "configuring-log-exports": False}
ON_ITS_WAY |= {"modifying": False, "rebooting": False, "resetting-master-credentials": False}


def instance(account: Account, values: Values) -> list[Found]:
    """One that fails, or that is being deleted, is none to go on with."""
    name = values["identifier"]
    answer = account.ask("rds", "describe_db_instances", "DBInstanceNotFound", DBInstanceIdentifier=name)
    return [
        Found(name, tags(one.get("TagList")), ON_ITS_WAY[one["DBInstanceStatus"]])
        for one in answer.get("DBInstances", ())
        if one["DBInstanceStatus"] in ON_ITS_WAY
    ]


def parameter_group(account: Account, values: Values) -> list[Found]:
    name = values["name"]
    answer = account.ask("rds", "describe_db_parameter_groups", "DBParameterGroupNotFound", DBParameterGroupName=name)
    arns = [one["DBParameterGroupArn"] for one in answer.get("DBParameterGroups", ())]
    return [Found(name, _tags(account, arn)) for arn in arns]


def subnet_group(account: Account, values: Values) -> list[Found]:
    name = values["name"]
    answer = account.ask("rds", "describe_db_subnet_groups", "DBSubnetGroupNotFoundFault", DBSubnetGroupName=name)
    arns = [one["DBSubnetGroupArn"] for one in answer.get("DBSubnetGroups", ())]
    return [Found(name, _tags(account, arn)) for arn in arns]


def _tags(account: Account, arn: str) -> dict[str, str]:
    return tags(account.ask("rds", "list_tags_for_resource", ResourceName=arn)["TagList"])


def secret(account: Account, values: Values) -> list[Found]:
    one = account.ask("secretsmanager", "describe_secret", "ResourceNotFoundException", SecretId=values["name"])
    return [Found(one["ARN"], tags(one.get("Tags")))] if one and "DeletedDate" not in one else []


def bucket(account: Account, values: Values) -> list[Found]:
    """Of somebody else's, AWS tells no tags."""
    name = values["bucket"]
    absent = ("NoSuchBucket", "NoSuchTagSet", "AccessDenied")
    answer = account.ask("s3", "get_bucket_tagging", *absent, Bucket=name)
    return [Found(name, tags(answer["TagSet"]))] if answer else []


KINDS = {
    "aws_db_instance": Kind(instance, ("identifier",)),
    "aws_db_parameter_group": Kind(parameter_group, ("name",)),
    "aws_db_subnet_group": Kind(subnet_group, ("name",)),
    "aws_secretsmanager_secret": Kind(secret, ("name",)),
    "aws_s3_bucket": Kind(bucket, ("bucket",)),
}
