"""A load balancer sends nothing to a target that does not listen, as on AWS: ministack counts it as healthy at birth.

Source: Elastic Load Balancing, "Health checks for Application Load Balancer target groups".
"""

from typing import Any

from ministack.services import alb

_proxy = alb._proxy_http_target
BAD_GATEWAY = 502
NOTHING_WAS_SENT = (b"Connection refused", b"No route to host")


def apply() -> None:
    alb._proxy_http_target = proxy


async def proxy(target: dict[str, Any], group: dict[str, Any], *rest: Any, **options: Any) -> Any:
    """The answer of the target that was chosen, or of the next one where it takes no connection."""
    others = [one for one in alb._targets.get(group["TargetGroupArn"], []) if one is not target]
    answer = await _proxy(target, group, *rest, **options)
    for other in others:
        if not _is_silent(answer):
            break
        answer = await _proxy(other, group, *rest, **options)
    return answer


def _is_silent(answer: Any) -> bool:
    if not isinstance(answer, tuple) or answer[0] != BAD_GATEWAY:
        return False
    return any(words in bytes(answer[2]) for words in NOTHING_WAS_SENT)
