"""The Postgres cluster: it answers, its pages are whole, its connections and its transaction numbers suffice."""

from collections.abc import Iterator
from dataclasses import dataclass

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, warning, wrong
from homeport.deploy.doctor.server import Server
from homeport.errors import HomeportError

QUESTION = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
  current_setting('data_checksums'),
  (SELECT coalesce(sum(checksum_failures), 0) FROM pg_stat_database),
  (SELECT max(age(datfrozenxid)) FROM pg_database);
"""
WHO = "SELECT usename, count(*) FROM pg_stat_activity GROUP BY 1 ORDER BY 2 DESC"
MANY, NEARLY_ALL = 0.8, 0.95  # of the connections
OLD_TRANSACTIONS = 1_500_000_000  # of the two thousand million that there are


@dataclass(frozen=True, slots=True)
class PostgresFacts:
    """`refusal` says why it does not answer; all else is then unknown."""

    container: str
    refusal: str = ""
    connections: int = 0
    most: int = 1
    checksums: str = ""
    damaged: int = 0
    age: int = 0


def gather(server: Server) -> PostgresFacts:
    container = server.name("postgres")
    try:
        return parse(container, server.target.drivers.postgres.psql(QUESTION))
    except HomeportError as error:
        return PostgresFacts(container, refusal=(error.detail or error.message).splitlines()[0])


def parse(container: str, text: str) -> PostgresFacts:
    connections, most, checksums, damaged, age = text.split("|")
    return PostgresFacts(container, "", int(connections), int(most), checksums, int(damaged), int(age))


def judge(facts: PostgresFacts, commands: Commands) -> Iterator[Finding]:
    if facts.refusal:
        yield wrong("postgres", f"does not answer: {facts.refusal}", commands.homeport("setup"))
        return
    ask = f"docker exec {facts.container} psql -U postgres -c "
    yield _connections(facts, commands.there(f'{ask}"{WHO}"'))
    if facts.damaged:
        text = f"{facts.damaged} pages on the disk are damaged: restore a backup, and look at the disk"
        yield wrong("postgres", text, commands.there("dmesg --level err", as_root=True))
    if facts.age > OLD_TRANSACTIONS:
        text = f"transaction numbers run out: the oldest is {facts.age:,} back"
        yield wrong(
            "postgres", text, commands.there(f"docker exec {facts.container} vacuumdb -U postgres --all --freeze")
        )


def _connections(facts: PostgresFacts, who: str) -> Finding:
    text = f"{facts.connections} of {facts.most} connections are in use"
    if facts.connections >= NEARLY_ALL * facts.most:
        return wrong("postgres", f"{text}; the next is refused soon", who)
    if facts.connections >= MANY * facts.most:
        return warning("postgres", text, who)
    return ok("postgres", f"answers; {text}; checksums of pages are {facts.checksums}")
