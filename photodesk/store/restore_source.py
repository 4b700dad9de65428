"""A backup opened with the recovery code: which run, whose members, every key, and what is missing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.errors import Damaged, Fixable
from photodesk.store.backup_catalog import read_erasure
from photodesk.store.backup_folder import Found, find_backup, not_a_backup
from photodesk.store.backup_record import Part, Run, Snapshot, check_signature, state_path
from photodesk.store.backup_run import signing_keys
from photodesk.store.backup_seal import key_of, open_under
from photodesk.store.backup_target import Target, blob_path, missing, read_whole
from photodesk.store.keys_file import KeysFile, decode_keys
from photodesk.store.keyset import KeySet
from photodesk.store.members import Members
from photodesk.store.members_log import MembersLog
from photodesk.store.recovery_keys import CodeKeys, open_with_code

NAMED = 3


@dataclass(frozen=True)
class Opened:
    """One run of a backup with every key in hand. `keyset` opens snapshots; nobody signs with it."""

    target: Target
    found: Found
    run: Run
    members: Members
    members_log: bytes
    keys: KeysFile
    held: CodeKeys = field(repr=False)
    keyset: KeySet = field(repr=False)
    erasure_keys: dict[str, bytes] = field(repr=False)

    def snapshot(self, snapshot: Snapshot) -> bytes:
        """The plain bytes of a snapshot. Damaged."""
        key = key_of(self.keyset, snapshot.part, snapshot.epoch)
        with self.target.open(blob_path(snapshot.blob.blob_id)) as stream:
            return open_under(key, self.run.clinic_id, stream)

    def parts(self, *parts: Part) -> list[Snapshot]:
        """The run's snapshots of these kinds, in their order."""
        return [one for one in self.run.snapshots if one.part in parts]


def open_backup(target: Target, code: str, number: int | None = None) -> Opened:
    """Open the newest run, or an earlier one by its number; key files and erasure keys are always the newest's.

    Fixable `not_a_backup`, `recovery_code_wrong`, `run_unknown`; Refused `recovery_code_of_another`, `newer_format`;
    Damaged naming what is missing.
    """
    found = find_backup(target, None)
    if found is None or (not found.runs and not found.damaged):
        raise not_a_backup()
    newest = found.newest
    if newest is None:
        raise Damaged("backup_damaged", "No run of this backup can be read any more.", "Use another backup.")
    states = {one.name: _state(target, one.sha256) for one in newest.states}
    members = MembersLog.read(states["members.log"], Path("members.log"), newest.clinic_id).members
    keys = decode_keys(states["keys.msgpack"], newest.clinic_id)
    held = open_with_code(code, members, keys)
    run = next((one for one in found.runs if number in {None, one.number} and (number or one is newest)), None)
    if run is None:
        known = ", ".join(str(one.number) for one in found.runs)
        raise Fixable("run_unknown", f"This backup has no run {number}.", f"It has: {known}.")
    public = signing_keys(members)
    for one in (newest, run):
        check_signature(one, public.get(one.workstation_id, b""))
    keyset = held.keyset(
        newest.clinic_id, newest.workstation_id, "", SigningKey(bytes(32)), KemPrivateKey(bytes(96)), {}
    )
    opened = Opened(target, found, run, members, states["members.log"], keys, held, keyset, {})
    erasure = next(one for one in newest.snapshots if one.part is Part.ERASURE)
    opened.erasure_keys.update(read_erasure(opened.snapshot(erasure)))
    return opened


def missing_blobs(opened: Opened) -> list[str]:
    """Blobs of the run that are not there in their full length, by a look at the folder."""
    there = opened.target.names("blobs")
    return sorted(
        {blob.blob_id for blob in opened.run.blobs() if there.get(blob_path(blob.blob_id)) != blob.size_bytes}
    )


def refuse_incomplete(opened: Opened) -> None:
    """Damaged `backup_incomplete`, naming what is missing, before anything is written."""
    lost = set(missing_blobs(opened))
    if not lost:
        return
    charts = [
        one for one in opened.run.charts if one.snapshot.blob_id in lost or lost & {blob.blob_id for blob in one.blobs}
    ]
    named = ", ".join(one.chart_id for one in charts[:NAMED]) + (" and others" if len(charts) > NAMED else "")
    told = f" They belong to {len(charts)} charts: {named}." if charts else ""
    raise Damaged(
        "backup_incomplete",
        f"The backup has lost {len(lost)} of its files.{told} Nothing was restored.",
        "Use another backup, or restore everything else with --anyway.",
    )


def _state(target: Target, sha256: str) -> bytes:
    data = read_whole(target, state_path(sha256))
    if hashlib.sha256(data).hexdigest() != sha256:
        raise missing(sha256)
    return data
