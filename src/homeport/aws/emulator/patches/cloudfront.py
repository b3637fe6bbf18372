"""CloudFront asks a private bucket encrypted, as on AWS: ministack's asks in the clear, which our policies refuse.

Source: Amazon CloudFront, "Require HTTPS for communication between CloudFront and your Amazon S3 origin".
"""

from typing import Any

from ministack.core.iam_evaluator import _request_origin
from ministack.services import s3

_fetch = s3.serve_cloudfront_origin_fetch


def apply() -> None:
    s3.serve_cloudfront_origin_fetch = fetch


def fetch(*arguments: Any, **options: Any) -> Any:
    address, _ = _request_origin.get()
    before = _request_origin.set((address, True))
    try:
        return _fetch(*arguments, **options)
    finally:
        _request_origin.reset(before)
