"""A build by the engine's older builder, for machines where no docker command has BuildKit."""

import threading
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

from docker import APIClient
from docker.errors import DockerException
from docker.utils.build import create_archive
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from homeport.build.context import entries, ignore_patterns
from homeport.build.order import Order
from homeport.build.progress import Transcript

_DOCKERFILE = ".homeport-dockerfile"
_TIMEOUT = 3600  # seconds in which one instruction may print nothing


def build(socket: Path, order: Order, transcript: Transcript, stopped: threading.Event) -> str | None:
    """The image's id; None when the build failed (the transcript says why) or was stopped."""
    client = APIClient(base_url=f"unix://{socket}", version="auto", timeout=_TIMEOUT)
    image_id = None
    try:
        # Closing the stream ends the build on the engine.
        with closing(client), closing(_answers(client, order)) as answers:
            for answer in answers:
                image_id = answer.get("aux", {}).get("ID", image_id)
                for line in answer.get("stream", answer.get("error", "")).splitlines():
                    transcript.take(line)
                if "error" in answer or stopped.is_set():
                    return None
    except (DockerException, RequestException, HTTPError) as error:
        transcript.take(str(error))
        return None
    return image_id


def _answers(client: APIClient, order: Order) -> Generator[dict[str, Any], None, None]:
    source = order.source
    yield from client.build(
        fileobj=_context(order),
        custom_context=True,
        dockerfile=_DOCKERFILE,
        tag=order.name,
        buildargs=dict(source.args),
        labels=dict(order.labels),
        target=source.target or "",
        platform=source.platform,
        rm=True,
        forcerm=True,
        decode=True,
    )


def _context(order: Order) -> Any:
    """The context as a tar file: only what .dockerignore leaves, with our Dockerfile under a name of its own.

    The engine takes out again what the .dockerignore in it names, once it has read the Dockerfile.
    """
    source = order.source
    kept = entries(source.context, ignore_patterns(source.context, source.dockerfile))
    return create_archive(
        str(source.context),
        files=[entry.path for entry in kept],
        extra_files=[(".dockerignore", f".dockerignore\n{_DOCKERFILE}\n"), (_DOCKERFILE, order.text)],
    )
