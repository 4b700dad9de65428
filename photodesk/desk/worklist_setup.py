"""Where this workstation's worklist comes from: read by every desk, set by an administrator, kept in the catalog."""

from __future__ import annotations

from pathlib import Path

import msgspec

from photodesk.desk.actor import Actor
from photodesk.desk.roles import Right
from photodesk.errors import Fixable
from photodesk.log.entry import Action
from photodesk.store.catalog import Catalog
from photodesk.store.layout import Layout
from photodesk.visits.worklist_source import Column, SourceKind, TableFormat, WorklistServer, WorklistSource

MAX_AE_TITLE = 16
WITHOUT_FOLDER = frozenset({SourceKind.BY_HAND, SourceKind.DICOM})


class WorklistSetup:
    """The setting of one workstation."""

    def __init__(self, actor: Actor, catalog: Catalog, layout: Layout) -> None:
        self._actor = actor
        self._catalog = catalog
        self._layout = layout
        self._name = f"worklist/{catalog.keyset.workstation_id}"

    def source(self) -> WorklistSource:
        """Where visits come from here; by hand where nothing was set up."""
        text = self._catalog.setting(self._name)
        return WorklistSource() if text is None else msgspec.json.decode(text, type=WorklistSource)

    def set_source(self, source: WorklistSource) -> None:
        """Keep it, after a `POLICY` entry. Fixable names what is missing; Refused `no_right`."""
        self._actor.require(Right.MANAGE_POLICY)
        self.check(source)
        details = {"what": "worklist", "source": source.kind.value, "after reading": source.after_reading.value}
        with self._actor.logged(self._actor.entry(Action.POLICY, details=details)):
            text = msgspec.json.encode(source).decode("utf-8")
            self._catalog.set_setting(self._actor.change("worklist set up"), self._name, text)

    def check(self, source: WorklistSource) -> None:
        """Fixable for a source that could not be read: `folder_missing`, `columns_missing`, `server_missing`, …"""
        if source.kind not in WITHOUT_FOLDER:
            _check_folder(source.folder, self._layout.root)
        if source.kind is SourceKind.CSV:
            check_columns(source.table)
        if source.kind is SourceKind.DICOM:
            check_server(source.server)


def _check_folder(text: str, store: Path) -> None:
    folder = Path(text)
    if not text or not folder.is_absolute() or not folder.is_dir():
        raise Fixable("folder_missing", "There is no such folder.", "Choose the folder the other system writes into.")
    folder, store = folder.resolve(), store.resolve()
    if folder == store or store in folder.parents or folder in store.parents:
        raise Fixable(
            "folder_of_store",
            "This folder holds PhotoDesk's store, or lies in it.",
            "Choose a folder that only the other system and PhotoDesk use.",
        )
    if folder in {Path(folder.anchor), Path.home().resolve()}:
        raise Fixable(
            "folder_too_wide",
            "This folder holds much else besides worklist files.",
            "Make a folder of its own for them and choose that.",
        )


def check_columns(table: TableFormat) -> None:
    """Fixable `columns_missing` unless the table says who comes when."""
    has = table.columns
    missing = [
        words
        for words, one_of in (
            ("the record number", {Column.MRN}),
            ("the family name", {Column.FAMILY, Column.NAME}),
            ("the date of the visit", {Column.DAY, Column.MOMENT}),
        )
        if not any(has.get(column) for column in one_of)
    ]
    if missing:
        words = " and ".join((", ".join(missing[:-1]), missing[-1]) if len(missing) > 1 else missing)
        raise Fixable("columns_missing", f"No column is named for {words}.", "Say which column holds it.")


def check_server(server: WorklistServer) -> None:
    """Fixable `server_missing`, `title_unusable` or `certificate_missing`."""
    if not server.host.strip() or not 0 < server.port < 65_536:
        raise Fixable("server_missing", "The worklist server is not named.", "Enter its host name and port.")
    for title in (server.called, server.calling, server.station or "ANY"):
        plain = title.isascii() and title.isprintable() and "\\" not in title and title.strip()
        if not plain or len(title) > MAX_AE_TITLE:
            raise Fixable(
                "title_unusable",
                f"An AE title has 1 to {MAX_AE_TITLE} plain letters or digits.",
                "Ask who runs the worklist server for both titles.",
            )
    if bool(server.certificate_file) != bool(server.key_file):
        raise Fixable(
            "certificate_missing",
            "This workstation's certificate needs its key file, and the key its certificate.",
            "Name both files, or neither.",
        )
    for text in (server.authority_file, server.certificate_file, server.key_file):
        if server.tls and text and not Path(text).is_file():
            raise Fixable("certificate_missing", "A certificate file is not there.", "Choose the file again.")
