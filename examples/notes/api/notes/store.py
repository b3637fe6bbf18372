"""The SQL of the application. Whoever passes the connection decides where a transaction ends."""

from typing import Any

from psycopg import Connection

from notes.text import like_pattern

Row = dict[str, Any]

NOTE = """
    SELECT id, body, created_at,
           array(SELECT tag FROM note_tags WHERE note_id = notes.id ORDER BY tag) AS tags
    FROM notes
"""


def newest(connection: Connection[Row], limit: int) -> list[Row]:
    return connection.execute(f"{NOTE} ORDER BY id DESC LIMIT %s", [limit]).fetchall()


def tagged_with(connection: Connection[Row], tag: str, limit: int) -> list[Row]:
    wanted = "id IN (SELECT note_id FROM note_tags WHERE tag = %s)"
    return connection.execute(f"{NOTE} WHERE {wanted} ORDER BY id DESC LIMIT %s", [tag, limit]).fetchall()


def search(connection: Connection[Row], words: str, limit: int) -> list[Row]:
    matching = "body ILIKE %s ORDER BY word_similarity(%s, body) DESC, id DESC"
    values = [like_pattern(words), words, limit]
    return connection.execute(f"{NOTE} WHERE {matching} LIMIT %s", values).fetchall()


def tag_counts(connection: Connection[Row]) -> list[Row]:
    return connection.execute("SELECT tag, notes FROM tag_counts ORDER BY notes DESC, tag").fetchall()


def add(connection: Connection[Row], body: str, tags: list[str]) -> Row:
    """A note with its tags, or without: then the worker is told."""
    [note] = connection.execute("INSERT INTO notes (body) VALUES (%s) RETURNING id", [body]).fetchall()
    if tags:
        tag(connection, note["id"], tags)
    else:
        connection.execute("SELECT pg_notify('untagged', %s)", [str(note["id"])])
    [added] = connection.execute(f"{NOTE} WHERE id = %s", [note["id"]]).fetchall()
    return added


def remove(connection: Connection[Row], note_id: int) -> bool:
    return connection.execute("DELETE FROM notes WHERE id = %s", [note_id]).rowcount == 1


def take_untagged(connection: Connection[Row]) -> Row | None:
    """The oldest note without tags that no other worker has in hand; ours until the transaction ends."""
    return connection.execute(
        "SELECT id, body FROM notes WHERE tagged_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
    ).fetchone()


def tag(connection: Connection[Row], note_id: int, tags: list[str]) -> None:
    connection.execute("UPDATE notes SET tagged_at = now() WHERE id = %s", [note_id])
    connection.execute(
        "INSERT INTO note_tags (note_id, tag) SELECT %s, unnest(%s::text[]) ON CONFLICT DO NOTHING",
        [note_id, tags],
    )
