"""homeport.base.yaml: what all the applications of a server, or of an AWS account, stand on."""

from collections.abc import Iterator
from ipaddress import IPv4Network, ip_address
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from homeport.manifest.aws_base import AwsBase, aws_relations
from homeport.manifest.names import HostName, InstanceName
from homeport.manifest.problems import KeyPath, Problem, dotted, rule, shown
from homeport.manifest.record import Record
from homeport.manifest.values import Port, PostgresMajor, matching

ADDRESS = rule("address", "The gateway's address is an IP address of the server, such as 0.0.0.0 or 192.168.1.10.")
BACKUP_PATH = rule("backup-path", "The second volume of the registry is an absolute path on the server.")
TLS = rule("tls", "`tls` is `own`, or a certificate and its key: two PEM files on the server.")
LAN_NEEDS_TLS = rule(
    "lan-needs-tls", "Other machines reach the registry with TLS only: `registry.lan` needs `gateway.tls`."
)
NETWORK = rule("network", "A network is a private IPv4 network of at least 256 addresses, such as 172.30.0.0/24.")
PORTS_DIFFER = rule("ports-differ", "The ports of the gateway and the registry are different.")
NETWORKS_OVERLAP = rule("networks-overlap", "The networks `edge` and `data` do not overlap.")

_PRIVATE = tuple(IPv4Network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError as error:
        raise ADDRESS.broken(f"should be an IP address such as 0.0.0.0, not {shown(text)}") from error


def _network(text: str) -> str:
    try:
        network = IPv4Network(text)
    except ValueError as error:
        raise NETWORK.broken(f"should be a network such as 172.30.0.0/24, not {shown(text)}") from error
    if network.prefixlen > 24 or not any(network.subnet_of(private) for private in _PRIVATE):
        raise NETWORK.broken(f"should be a private network of /24 or larger, not {shown(text)}")
    return str(network)


def _tls(value: object) -> object:
    """The text `own` alone stands for a certificate that nobody gives."""
    if value == "own":
        return {}
    if isinstance(value, str) or value == {}:
        raise TLS.broken(f"should be own, or a certificate and its key, not {shown(value)}")
    return value


Address = Annotated[str, AfterValidator(_address), WithJsonSchema({"type": "string", "format": "ipv4"})]
Network = Annotated[str, AfterValidator(_network), WithJsonSchema({"type": "string", "pattern": r"^[0-9.]+/\d+$"})]
ServerPath = Annotated[
    str,
    matching(BACKUP_PATH, r"(/(?!\.\.?(/|$))[A-Za-z0-9._ -]+)+", "an absolute path such as /mnt/second/registry"),
    WithJsonSchema({"type": "string", "pattern": "^/."}),
]
PemFile = Annotated[
    str,
    matching(TLS, r"(/(?!\.\.?(/|$))[^/\x00-\x1f]+)+", "an absolute path such as /etc/ssl/home.pem"),
    WithJsonSchema({"type": "string", "pattern": "^/."}),
]


class Tls(Record):
    """A certificate of yours, for the domain and its applications. A changed file is taken up by the next `setup`."""

    certificate: PemFile | None = Field(default=None, examples=["/etc/letsencrypt/live/home/fullchain.pem"])
    """A PEM file on the server: the certificate, and the chain up to its authority."""
    key: PemFile | None = Field(default=None, examples=["/etc/letsencrypt/live/home/privkey.pem"])
    """A PEM file on the server: the key, without a passphrase."""

    @property
    def is_own(self) -> bool:
        """Whether the server's own authority signs: neither file is given."""
        return self.certificate is None and self.key is None


TlsOrOwn = Annotated[Tls, BeforeValidator(_tls, json_schema_input_type=Literal["own"] | Tls)]


class Gateway(Record):
    """The door for web traffic."""

    address: Address | None = None
    """The address that it listens on. 127.0.0.1 unless said while the domain is localhost, else 0.0.0.0."""
    http: Port = 80
    """The port for HTTP."""
    https: Port = 443
    """The port for HTTPS; open with `tls` only."""
    tls: TlsOrOwn | None = None
    """HTTPS, to which HTTP then leads: `own` (by the server's own authority: `homeport trust`), or your certificate."""


class Registry(Record):
    """The registry of images. It listens on the server's loopback."""

    port: Port = 5000
    """The port that it listens on."""
    lan: Port | None = Field(default=None, examples=[5443])
    """A port on the gateway's address where other machines reach it, with TLS and its password. None unless said."""
    backup: ServerPath | None = Field(default=None, examples=["/mnt/second/registry"])
    """Where its second volume is: a path on another disk."""


class DatabaseServer(Record):
    """The Postgres cluster of the server."""

    postgres: PostgresMajor = 17
    """The Postgres major."""


class Networks(Record):
    """The networks of the containers. Free ones are chosen unless said."""

    edge: Network | None = Field(default=None, examples=["172.30.0.0/24"])
    """Of the gateway and the applications."""
    data: Network | None = Field(default=None, examples=["172.30.1.0/24"])
    """Of Postgres and the applications; without a way out."""


class BaseFile(Record):
    """The base of a server, and of AWS accounts. Every key has a safe default."""

    instance: InstanceName = "homeport"
    """The name that tells installations on one engine apart."""
    domain: HostName = "localhost"
    """Applications answer on `<application>.<domain>`."""
    gateway: Gateway = Gateway()
    """Where web traffic comes in."""
    registry: Registry = Registry()
    """Where the images are kept."""
    database: DatabaseServer = DatabaseServer()
    """The Postgres cluster."""
    network: Networks = Networks()
    """The networks of the containers."""
    aws: AwsBase = AwsBase()
    """The base in AWS accounts. The other keys are of a server."""

    @property
    def is_of_a_server(self) -> bool:
        """Whether it sets anything of a server's base: a file of AWS alone is no wish for a server's defaults."""
        return bool(self.model_fields_set - {"instance", "aws"})

    def listen_address(self) -> str:
        """The address of the gateway: loopback for a name of this machine, unless the file says otherwise."""
        return self.gateway.address or default_address(self.domain)


def default_address(domain: str) -> str:
    """Where the gateway listens unless said: a name of this machine is nobody else's business."""
    is_this_machine = domain == "localhost" or domain.endswith(".localhost")
    return "127.0.0.1" if is_this_machine else "0.0.0.0"


def base_relations(base: BaseFile) -> Iterator[Problem]:
    """Every problem between the keys of a base file."""
    yield from _ports(base)
    yield from _tls_is_whole(base)
    yield from aws_relations(base.aws)
    edge, data = base.network.edge, base.network.data
    if edge and data and IPv4Network(edge).overlaps(IPv4Network(data)):
        yield NETWORKS_OVERLAP.at(("network", "data"), f"{data} overlaps the network edge, {edge}")


def _tls_is_whole(base: BaseFile) -> Iterator[Problem]:
    """A certificate without its key is none, and neither is a key alone; the registry's open door needs one."""
    tls = base.gateway.tls
    if tls is not None and not tls.is_own:
        for name in ("certificate", "key"):
            if getattr(tls, name) is None:
                place = ("gateway", "tls")
                text = f'needs the key "{name}", too: a certificate and its key'
                yield Problem(TLS.name, (*place, name), text, place=place)
    if base.registry.lan is not None and tls is None:
        yield LAN_NEEDS_TLS.at(
            ("registry", "lan"), "needs gateway.tls: other machines reach the registry with TLS only"
        )


def _ports(base: BaseFile) -> Iterator[Problem]:
    """Told at the port that the file names, where the other is a default. The port for HTTPS counts with TLS only."""
    opened = [
        ("gateway", base.gateway, "http"),
        *([("gateway", base.gateway, "https")] if base.gateway.tls else []),
        ("registry", base.registry, "port"),
        *([("registry", base.registry, "lan")] if base.registry.lan else []),
    ]
    ports = [(key in part.model_fields_set, (name, key), getattr(part, key)) for name, part, key in opened]
    taken: dict[int, KeyPath] = {}
    for _, place, port in sorted(ports):
        if port in taken:
            text = f"{port} is {dotted(taken[port])} already"
            yield PORTS_DIFFER.at(place, text, because=[taken[port]])
        taken.setdefault(port, place)
