"""The repositories of ECR."""

from collections.abc import Collection

from homeport.aws.session import Session, told


def missing_repositories(session: Session, names: Collection[str]) -> tuple[str, ...]:
    """Those of the names that ECR has no repository of, sorted. Raises CloudFailed when AWS does not tell."""
    with told("Asking ECR for its repositories"):
        pages = session.client("ecr").get_paginator("describe_repositories").paginate()
        present = {one["repositoryName"] for page in pages for one in page["repositories"]}
    return tuple(sorted(set(names) - present))
