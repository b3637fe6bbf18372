"""The routes. The gateway passes the full path on, so they all start with /api; only /healthz does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any

import psycopg
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from notes import VERSION, store
from notes.database import pool
from notes.text import tidy_tags

MOST_NOTES = 100

Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Tags = Annotated[list[str], Field(max_length=8), AfterValidator(tidy_tags)]


class NewNote(BaseModel):
    body: Body
    tags: Tags = []


class Note(BaseModel):
    id: int
    body: str
    tags: list[str]
    created_at: datetime


async def say_version(response: Response) -> None:
    response.headers["Notes-Version"] = VERSION


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.has_seen_database = False
    pool.open()
    yield
    pool.close()


app = FastAPI(
    title="notes",
    version=VERSION,
    lifespan=lifespan,
    docs_url="/api/docs",
    openapi_url="/api/openapi.json",
)
api = APIRouter(prefix="/api", dependencies=[Depends(say_version)])


@api.get("")
async def index() -> dict[str, str]:
    """What answers here, for whoever opens the route itself."""
    return {"name": "notes", "version": VERSION, "docs": "/api/docs"}


@api.get("/notes")
def list_notes(tag: str | None = None) -> list[Note]:
    with pool.connection() as connection:
        if tag is None:
            return store.newest(connection, MOST_NOTES)
        return store.tagged_with(connection, tag, MOST_NOTES)


@api.post("/notes", status_code=201)
def add_note(note: NewNote) -> Note:
    with pool.connection() as connection:
        return store.add(connection, note.body, note.tags)


@api.get("/notes/search")
def search_notes(q: Annotated[str, Query(min_length=1, max_length=200)]) -> list[Note]:
    with pool.connection() as connection:
        return store.search(connection, q, MOST_NOTES)


@api.delete("/notes/{note_id}", status_code=204)
def remove_note(note_id: int) -> None:
    with pool.connection() as connection:
        if not store.remove(connection, note_id):
            raise HTTPException(404, "there is no such note")


@api.get("/tags")
def list_tags() -> list[dict[str, Any]]:
    with pool.connection() as connection:
        return store.tag_counts(connection)


@api.get("/version")
async def version() -> dict[str, str]:
    return {"version": VERSION}


@api.get("/slow")
async def slow(seconds: Annotated[float, Query(ge=0, le=30)] = 2) -> dict[str, Any]:
    """Takes its time: start one, release a new version, and see it answered by the old."""
    await asyncio.sleep(seconds)
    return {"version": VERSION, "seconds": seconds}


app.include_router(api)


@app.get("/healthz")
def health() -> dict[str, str]:
    """Healthy once the migrated database has answered, and from then on.

    A version that cannot use the database gets no traffic. A database that restarts later is
    answered for request by request, and must not cost us a container that is fine.
    """
    if not app.state.has_seen_database:
        with pool.connection(timeout=2) as connection:
            connection.execute("SELECT FROM notes LIMIT 1")
        app.state.has_seen_database = True
    return {"status": "ok", "version": VERSION}


@app.exception_handler(psycopg.OperationalError)
async def database_is_away(request: Request, error: psycopg.OperationalError) -> JSONResponse:
    answer = {"detail": "the database does not answer; try again in a moment"}
    return JSONResponse(answer, 503, {"Retry-After": "2"})


@app.exception_handler(psycopg.errors.CheckViolation)
@app.exception_handler(psycopg.DataError)
async def database_refuses(request: Request, error: psycopg.Error) -> JSONResponse:
    """The limits that only the migrations know, such as the longest tag."""
    return JSONResponse({"detail": f"the database refuses it: {str(error).splitlines()[0]}"}, 422)
