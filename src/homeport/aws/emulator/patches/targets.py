"""A load balancer loses no request to a target that comes or goes, as on AWS.

ministack counts a task as healthy at birth, and stops one while requests are on their way to it. Amazon's asks a target
before it gets the first request, and lets it finish the last one ("deregistration delay").
Source: Elastic Load Balancing, "Health checks for Application Load Balancer target groups", "Deregistration delay".
"""

from typing import Any

from ministack.services import alb

_proxy = alb._proxy_http_target
BAD_GATEWAY = 502
NOTHING_WAS_SENT = (b"Connection refused", b"No route to host")
NOTHING_WAS_ANSWERED = (b"Connection reset by peer", b"Remote end closed connection", b"Broken pipe", b"timed out")
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})


def apply() -> None:
    alb._proxy_http_target = proxy


async def proxy(target: dict[str, Any], group: dict[str, Any], method: str, *rest: Any, **options: Any) -> Any:
    """The answer of the target that was chosen, or of the next one where it gives none and can be asked again."""
    answer = await _proxy(target, group, method, *rest, **options)
    lost = NOTHING_WAS_SENT + (NOTHING_WAS_ANSWERED if method.upper() in REPEATABLE else ())
    others = [one for one in alb._targets.get(group["TargetGroupArn"], []) if one is not target]
    for other in others:
        if not _says(answer, lost):
            break
        answer = await _proxy(other, group, method, *rest, **options)
    return answer


def _says(answer: Any, words: tuple[bytes, ...]) -> bool:
    if not isinstance(answer, tuple) or answer[0] != BAD_GATEWAY:
        return False
    return any(one in bytes(answer[2]) for one in words)
