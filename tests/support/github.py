"""GitHub Actions at AWS: a token of its shape, and the credentials that a role gives for it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from homeport.aws import Session

ISSUER = "token.actions.githubusercontent.com"


def token(subject: str) -> str:
    """The emulator reads the claims and does not look at the signature."""
    claims = {"iss": f"https://{ISSUER}", "aud": "sts.amazonaws.com", "sub": subject, "exp": 4102444800}
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()) for one in ({"alg": "RS256"}, claims)]
    return b".".join([*(part.rstrip(b"=") for part in parts), b"c2ln"]).decode()


def credentials(session: Session, role: str, subject: str) -> dict[str, str]:
    """What a role's session has in its environment. Raises botocore's ClientError where the role does not admit it."""
    taken = session.client("sts").assume_role_with_web_identity(
        RoleArn=f"arn:aws:iam::{session.account}:role/{role}",
        RoleSessionName="ci",
        WebIdentityToken=token(subject),
    )
    return environment(taken["Credentials"])


def environment(taken: Mapping[str, str]) -> dict[str, str]:
    """Credentials as STS gives them, as Amazon's tools read them."""
    return {
        "AWS_ACCESS_KEY_ID": taken["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": taken["SecretAccessKey"],
        "AWS_SESSION_TOKEN": taken["SessionToken"],
    }
