"""What a person may ask of one `homeport setup` of a server, beside what the base file says."""

from dataclasses import dataclass
from typing import Literal

ImageSource = Literal["official", "built"]


@dataclass(frozen=True, slots=True)
class SetupOptions:
    """`images` says where service images come from, None to keep the first choice; `free_ports` takes the next free
    port for one that is taken; `with_front` upgrades the front, too."""

    images: ImageSource | None = None
    free_ports: bool = False
    with_front: bool = False
