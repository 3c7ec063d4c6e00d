"""Cases that a campaign found something on, kept in Hypothesis's example database.

That is a folder, or a Redis server that several machines share. A case is kept as such, under a
key of ours: Hypothesis's own entries are choices that mean something to one version of one test.
"""

import json
import re
from pathlib import Path
from typing import Any, Final, NamedTuple

from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

from harness.case import Case, from_json

KEY: Final = b"crossgrad"
SCHEMES: Final = ("redis://", "rediss://", "unix://")
# Where Hypothesis itself keeps its examples.
DEFAULT: Final = ".hypothesis/examples"


class Example(NamedTuple):
    """A case, and the framework that the finding was made with."""

    framework: str
    case: Case


class DatabaseError(Exception):
    """There is no such database; the message says why in one line."""


def database(place: str, folder: Path) -> ExampleDatabase:
    """The database in a folder, relative to `folder`, or at a Redis URL. Raises DatabaseError."""
    if place.startswith(SCHEMES):
        return _redis(place)
    path = folder / place
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        wrong = "is a file, expected a folder" if path.exists() else error.strerror
        raise DatabaseError(f"cannot be written: {wrong}") from None
    return DirectoryBasedExampleDatabase(path)


def without_password(text: str) -> str:
    """The text as it may be printed, stored and passed on: URLs in it say `***` for who and how."""
    return re.sub(r"(?<=://)[^/@ ]*@", "***@", text)


def _redis(url: str) -> ExampleDatabase:
    try:
        from hypothesis.extra.redis import RedisExampleDatabase
        from redis import Redis, RedisError
    except ModuleNotFoundError as error:
        raise DatabaseError(
            f"needs the package {error.name}, which is not installed: "
            "pip install -r requirements.txt"
        ) from None
    try:
        server = Redis.from_url(url)
        server.ping()
    except (RedisError, ValueError, OSError) as error:
        why = " ".join(str(error).split())
        raise DatabaseError(f"no Redis server answers there: {why}") from None
    return RedisExampleDatabase(server)


def save(database: ExampleDatabase, found: dict[str, Any]) -> None:
    """Keep the case of a disagreement as the verdict has it."""
    kept = {"framework": found["framework"], "case": found["case"]}
    database.save(KEY, json.dumps(kept, sort_keys=True).encode())


def stored(database: ExampleDatabase) -> list[Example]:
    """All cases that were kept, in an order that depends on nothing else. Raises DatabaseError."""
    examples = []
    for text in sorted(database.fetch(KEY)):
        try:
            kept = json.loads(text)
            examples.append(Example(str(kept["framework"]), from_json(kept["case"])))
        except (ValueError, KeyError, TypeError) as error:
            wrong = f"{type(error).__name__}: {error}"
            raise DatabaseError(
                f"an entry that was kept there is no case ({wrong}), expected a place that only "
                "campaigns write to"
            ) from None
    return examples
