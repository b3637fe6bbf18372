"""What a release that is healthy at home has not proven for AWS. Promotion prints it. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unproven:
    """One thing that only AWS shows: what it is, and why home could not show it, in a sentence."""

    subject: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.sentence}"


NOT_PROVEN_AT_HOME = (
    Unproven("IAM", "At home nothing asks for a role; what a role may not do fails on AWS only."),
    Unproven("security groups", "At home a service reaches the database and the Internet by Docker's networks."),
    Unproven(
        "timeouts of the load balancer and of CloudFront",
        "A request that is silent for 60 seconds ends there; at home it does not.",
    ),
    Unproven("RDS storage", "Its speed goes by its kind and size, and a small instance has credits that run out."),
    Unproven(
        "RDS's master user", "It is no superuser, so the script of an extension may not do all that it does at home."
    ),
    Unproven("RDS's parameters", "RDS sets its own, and an extension that is preloaded needs the parameter group."),
    Unproven("names and certificates", "The DNS of your domain and its certificates are seen to work on AWS only."),
    Unproven(
        "the start of a task", "A task on Fargate pulls its whole image each time and takes half a minute or more."
    ),
    Unproven(
        "the container's bounds",
        "Fargate has no no-new-privileges: a program that is setuid gains the capabilities that were not dropped.",
    ),
    Unproven("quotas", "A new account has limits on tasks, addresses and distributions that only AWS knows."),
)

NOT_PROVEN_BY_AN_EMULATOR = (
    Unproven("Amazon's waits", "RDS takes some ten minutes to make a Postgres, CloudFront some minutes to answer."),
    Unproven(
        "bounds of tasks",
        "The emulator gives a task all processors and all memory there are, and a root file system it may write to.",
    ),
    Unproven("health checks", "Its load balancer and its cluster check nothing; homeport asked each service itself."),
    Unproven("CloudFront's cache", "Nothing is kept there, so a wrong cache header shows on AWS only."),
    Unproven("Postgres's version", "It is the one in homeport's image; RDS has its own newest of the same major."),
    Unproven("alarms and the budget", "They are kept as records, and measure nothing."),
)
