"""The pages about moving an application and about its backups: their commands, as somebody would type them."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from homeport.home.execute import execute
from homeport.home.home import Home
from homeport.home.postgres import Postgres
from homeport.host.local import LocalHost
from tests.support.images import service_images
from tests.support.installation import Installation, probe_application
from tests.support.running import wait_until
from tests.support.tutorial import parts, script

pytestmark = pytest.mark.docker
DOCS = Path(__file__).parents[3] / "docs"

OLD_SCHEMA = """
SET search_path = public;
CREATE ROLE shop_owner;
CREATE ROLE shop_reader;
CREATE EXTENSION pg_trgm;
CREATE TYPE stage AS ENUM ('new', 'paid');
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (
    id bigserial PRIMARY KEY, customer bigint NOT NULL REFERENCES customers, stage stage NOT NULL, said jsonb
);
CREATE INDEX customers_by_name ON customers USING gin (name gin_trgm_ops);
CREATE VIEW paid AS SELECT * FROM orders WHERE stage = 'paid';
CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;
CREATE TRIGGER shout BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION shout();
ALTER TABLE orders OWNER TO shop_owner;
GRANT SELECT ON paid TO shop_reader;
COMMENT ON TABLE orders IS 'what was ordered';
"""
OLD_ROWS = r"""
SET search_path = public;
INSERT INTO customers (name) VALUES ('Zoë'), ('O''Brien \ Söhne');
INSERT INTO orders (customer, stage, said) SELECT 1 + n % 2, 'paid', '{"quoted": "\"${x}\" \\n"}'
    FROM generate_series(1, 1000) n;
"""
ALL_ROWS = "SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM (SELECT * FROM orders JOIN customers USING (id)) t"


def run(installation: Installation, commands: str, folder: Path, names: Mapping[str, str]) -> str:
    """What commands of a page print, each of the names replaced by the test's own. The first that fails ends them."""
    called = installation.folder / "bin" / "homeport"
    called.parent.mkdir(exist_ok=True)
    called.write_text(f'#!/bin/sh\nexec {shlex.join(installation.command())} "$@"\n')
    called.chmod(0o755)
    for name, other in names.items():
        commands = commands.replace(name, other)
    environment = installation.environment()
    environment["PATH"] = f"{called.parent}{os.pathsep}{environment['PATH']}"
    bash = ["bash", "-euc", f"exec 2>&1\n{commands}"]
    done = subprocess.run(bash, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    assert 0 == done.returncode, done.stdout
    return done.stdout


@contextmanager
def old_postgres(installation: Installation) -> Iterator[Postgres]:
    """Of another tool: a container that is none of homeport's."""
    client, name = installation.client, f"{installation.instance}-of-another-tool"
    host = client.create_host_config(network_mode="none")
    made = client.create_container(
        service_images().postgres, name=name, environment={"POSTGRES_PASSWORD": "x"}, host_config=host
    )
    try:
        client.start(made)
        wait_until(lambda: execute(client, name, ("pg_isready", "-h", "127.0.0.1")).returncode == 0, "the old Postgres")
        yield Postgres(Home(LocalHost(), installation.instance, str(installation.folder), client), name)
    finally:
        client.remove_container(made, force=True, v=True)


def test_an_application_of_another_tool_moves_over(installation: Installation, tmp_path: Path) -> None:
    """Schema, rows, sequences and secrets: what the old database answers the new one does, and goes on from there."""
    extensions = ["pg_trgm"]
    shop = probe_application(
        tmp_path,
        "shop",
        services={"api": {"route": "/", "secrets": ["API_KEY"]}},
        database={"migrations": "db/migrations", "extensions": extensions},
    )
    (shop / "infrastructure").symlink_to(installation.base_file.parent)
    (shop / ".env").write_text("DEBUG=1\nexport API_KEY='a$b!c'\n")
    with old_postgres(installation) as old:
        old.psql("CREATE DATABASE shop;")
        old.psql(OLD_SCHEMA, "shop")
        old.psql(OLD_ROWS, "shop")
        said = run(installation, script(DOCS / "moving.md"), shop, {"old-postgres": old.container})
        assert "1000" in said.splitlines()[-3]
        there = old.psql(f"SET search_path = public;\n{ALL_ROWS}", "shop")
    assert there == installation.psql(ALL_ROWS, "shop_home")
    as_service = ("psql", "home", "-c", "INSERT INTO orders (customer, stage) VALUES (1, 'new') RETURNING id")
    assert "1001" in installation.homeport(*as_service, cwd=shop).stdout
    told = installation.homeport("exec", "api", "--", "sh", "-c", 'printf %s "$API_KEY"', cwd=shop).stdout
    assert "a$b!c" == told
    installation.homeport("down", "--yes", cwd=shop)


def test_rows_come_back_from_a_dump(installation: Installation, tmp_path: Path) -> None:
    """What was deleted and changed since is there again, for the roles that had it; newer migrations run once more."""
    notes = probe_application(tmp_path, "notes", database=True)
    installation.homeport("up", "--yes", cwd=notes)
    names = {"homeport-postgres": f"{installation.instance}-postgres"}
    installation.psql("INSERT INTO things (name) SELECT 'row ' || n FROM generate_series(1, 500) n", "notes_home")
    nightly, back = parts(DOCS / "backups.md")
    run(installation, nightly.commands(), notes, names)
    newer = "CREATE TABLE parts (thing bigint REFERENCES things);\nCREATE VIEW named AS SELECT name FROM things;\n"
    (notes / "migrations" / "V2__parts.sql").write_text(newer)
    installation.homeport("up", "--yes", cwd=notes)
    installation.psql("DELETE FROM things WHERE id > 100; UPDATE things SET name = 'x'", "notes_home")
    said = run(installation, back.commands(), notes, names)
    assert "applied V2__parts.sql" in said
    assert "500|500" == installation.psql("SELECT count(*), count(DISTINCT name) FROM things", "notes_home")
    assert "500" == installation.psql("SELECT count(*) FROM named", "notes_home")
    as_service = ("psql", "home", "-c", "INSERT INTO things (name) VALUES ('new') RETURNING id")
    assert "501" in installation.homeport(*as_service, cwd=notes).stdout
    assert "Nothing to do" in installation.homeport("up", "--yes", cwd=notes).stdout
    installation.homeport("down", "--yes", cwd=notes)
