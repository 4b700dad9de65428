"""Reading back from the disk what was just written: a re-read served from memory would prove nothing."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from photodesk.store.database import Database
from photodesk.store.files import drop_page_cache
from photodesk.store.original_parts import digest_of, read_parts


class ReadBack:
    """Originals of one database, one after another, through a fresh connection with the system's cache dropped.

    They share the connection, which has seen nothing of the next one; the same one again gets a new connection.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open = ExitStack()
        self._connection: Any = None
        self._seen: set[str] = set()

    def sha256(self, original_id: str) -> str:
        """Of what the disk has, in hex. It must be committed. Damaged where a page fails its check."""
        if original_id in self._seen:
            self.end()
        if self._connection is None:
            self._connection = self._open.enter_context(self._database.fresh())
            drop_page_cache(self._database.path)
        self._seen.add(original_id)
        try:
            with self._database.errors_in_words():
                return digest_of(read_parts(self._connection, original_id))
        except BaseException:
            self.end()
            raise
        finally:
            drop_page_cache(self._database.path)  # memory used again at once costs less than fresh memory

    def end(self) -> None:
        """Close the connection; before anything is written again."""
        self._connection = None
        self._seen.clear()
        self._open.close()
