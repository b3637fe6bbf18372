"""ECR as a registry like any other: its address, its login and its advice. Source: Amazon ECR, "Private registry
authentication"."""

import base64
import binascii
from dataclasses import dataclass
from http import HTTPStatus

from homeport.aws.session import Session, told
from homeport.errors import CloudFailed
from homeport.oci import Advice, Registry
from homeport.secret import Secret

HTTPS = 443


@dataclass(frozen=True, slots=True)
class _Place:
    address: str
    port: int


def open_registry(session: Session) -> Registry:
    """The account's registry in the session's region, with a login that lasts twelve hours.

    Raises CloudFailed when AWS gives no login.
    """
    with told("Logging in to ECR"):
        given = session.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, password = _login(given)
    host, _, port = session.registry_host.partition(":")
    place = _Place(host, int(port or HTTPS))
    return Registry(place, user, Secret(password), is_encrypted=session.endpoints.has_tls, advice=_advice(session))


def _advice(session: Session) -> Advice:
    put_right = session.command("setup")
    return Advice(
        silent="See whether this machine reaches AWS, then run the same command again.",
        refused={
            HTTPStatus.UNAUTHORIZED: "Log in to AWS anew, then run the same command again.",
            HTTPStatus.FORBIDDEN: f"The role that you deploy with may not do that in ECR. Put it right by: {put_right}",
            HTTPStatus.NOT_FOUND: "The repository or what it holds was removed. Run the same command again.",
            HTTPStatus.TOO_MANY_REQUESTS: "ECR is asked too much at once. Run the same command again.",
        },
    )


def _login(token: str) -> tuple[str, str]:
    try:
        user, _, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise CloudFailed("ECR gave a login that cannot be read.", next_step="Run the same command again.") from error
    return user, password
