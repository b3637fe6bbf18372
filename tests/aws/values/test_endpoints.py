"""Where AWS's APIs and its data planes are: on AWS itself, and on an emulator that has one port for all."""

import pytest

from homeport.aws import Door, Endpoints, Session

AWS = Endpoints()
EMULATOR = Endpoints("http://127.0.0.1:4599")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [({}, AWS), ({"AWS_ENDPOINT_URL": ""}, AWS), ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4599/"}, EMULATOR)],
)
def test_the_environment_chooses(environment: dict[str, str], expected: Endpoints) -> None:
    """The one switch between AWS and an emulator is the variable that Amazon's own tools read."""
    assert expected == Endpoints.of(environment)


def test_terraform_checks_an_account_of_aws_and_not_an_emulators() -> None:
    """Nothing is skipped on AWS."""
    assert {} == AWS.terraform_settings()
    assert {"skip_credentials_validation", "skip_metadata_api_check", "s3_use_path_style"} == set(
        EMULATOR.terraform_settings()
    )


def test_the_client_comes_from_where_tasks_can_pull() -> None:
    """Fargate pulls Amazon's copy of the official image; an emulator runs the one of its databases."""
    assert "public.ecr.aws/docker/library/postgres:17-alpine" == AWS.client_image
    assert "homeport/emulated/postgres:17-alpine" == EMULATOR.client_image


def test_a_load_balancer_is_asked_before_a_name_leads_to_it() -> None:
    """TLS and the host rules see the application's name, whatever address was called."""
    dns_name = "homeport-1a2b3c4d.eu-west-1.elb.amazonaws.com"
    assert Door(f"https://{dns_name}/health", {"Host": "api.example.com"}, "api.example.com") == AWS.load_balancer(
        dns_name, "api.example.com", "/health"
    )


def test_an_emulators_load_balancer_is_found_by_its_name() -> None:
    """The name is the path's, with its dashes; the port of the header chooses the listener with the certificate."""
    dns_name = "homeport-home-1a2b3c4d.eu-west-1.elb.amazonaws.com"
    expected = Door(
        "http://127.0.0.1:4599/_alb/homeport-home/health",
        {"Host": "api.example.com:443", "X-Forwarded-Proto": "https"},
    )
    assert expected == EMULATOR.load_balancer(dns_name, "api.example.com", "/health")


def test_a_load_balancer_without_tls_for_the_host() -> None:
    """An application without a domain of its own is asked over HTTP, and an emulator's by the load balancer's name."""
    dns_name = "homeport-1a2b3c4d.eu-west-1.elb.amazonaws.com"
    assert Door(f"http://{dns_name}/", {"Host": dns_name}) == AWS.load_balancer(dns_name, dns_name, is_encrypted=False)
    header = {"Host": f"{dns_name}:80", "X-Forwarded-Proto": "http"}
    assert Door("http://127.0.0.1:4599/", header) == EMULATOR.load_balancer(dns_name, dns_name, is_encrypted=False)


def test_a_distribution_is_asked_by_its_names() -> None:
    """By its own before DNS leads another to it; an emulator takes the request as HTTPS."""
    assert Door("https://d1.cloudfront.net/", {}) == AWS.cloudfront("d1.cloudfront.net")
    assert Door(
        "http://127.0.0.1:4599/config.json", {"Host": "d1.cloudfront.net", "X-Forwarded-Proto": "https"}
    ) == EMULATOR.cloudfront("d1.cloudfront.net", "/config.json")
    named = "notes.example.com"
    assert Door("https://d1.cloudfront.net/", {"Host": named}, named) == AWS.cloudfront("d1.cloudfront.net", host=named)
    assert named == EMULATOR.cloudfront("d1.cloudfront.net", host=named).headers["Host"]


def test_a_next_step_names_the_target() -> None:
    """As the person would type it; whoever opened no target of a manifest is told where its name goes."""
    assert "homeport setup production" == Session("eu-west-1", "123456789012", AWS, target="production").command(
        "setup"
    )
    assert "homeport setup TARGET" == Session("eu-west-1", "123456789012", AWS).command("setup")


def test_engines_take_an_emulators_registry_without_tls() -> None:
    """Engines speak plain HTTP to a registry on localhost only."""
    assert "localhost:4599" == Session("eu-west-1", "000000000000", EMULATOR).registry_host
    assert "123456789012.dkr.ecr.eu-west-1.amazonaws.com" == Session("eu-west-1", "123456789012", AWS).registry_host
