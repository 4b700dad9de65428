"""Another clinic's workstation at every endpoint of the OpenAPI page, with this clinic's own ids and records."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest

from photodesk import ids
from photodesk.crypto import sha256
from photodesk.sync.blob_parts import PART_BYTES
from tests.server.clinic import Caller, Clinic, Workstation, text
from tests.server.conftest import Server
from tests.server.state import kept
from tests.server.test_blobs import blob_id

WITHOUT_TOKEN = {"/v1/server", "/v1/clinics", "/v1/sign-in", "/v1/sign-in/challenge"}
ENDLESS = "/v1/events"
METHODS = ("get", "put", "post", "delete", "patch")


class Furnished:
    """A clinic with something of everything on the server, and what a stranger could know of it."""

    def __init__(self, server: Server) -> None:
        self.clinic = server.clinic()
        caller, before = server.caller(self.clinic), self.clinic.head
        self.made = [caller.station.operation()]
        self.parcel = caller.station.parcel(self.made)
        caller.push(self.parcel, self.made).raise_for_status()
        self.photo = os.urandom(3000)
        caller.upload(self.photo).raise_for_status()
        self.half = os.urandom(PART_BYTES // 1000)
        begun = caller.ask("POST", "/v1/uploads", json={"blob_id": blob_id(self.half), "bytes": len(self.half)})
        self.checkpoint, self.segment = caller.station.checkpoint(5), os.urandom(500)
        caller.ask("POST", "/v1/log/checkpoints", json={"record": text(self.checkpoint)}).raise_for_status()
        caller.ask("PUT", "/v1/log/segments/1", content=self.segment).raise_for_status()
        self.slot, self.erasure = b"a sealed slot", b"a sealed erasure key"
        caller.ask("PUT", "/v1/key-records", json={"records": [text(self.slot)]}).raise_for_status()
        scope = ids.random_id()
        keys = {"keys": [{"scope": scope, "sealed": text(self.erasure)}]}
        caller.ask("PUT", "/v1/erasure-keys", json=keys).raise_for_status()
        invitation_id = ids.random_id()
        body = {"invitation_id": invitation_id, "package": text(b"a sealed package")}
        caller.ask("POST", "/v1/invitations", json=body).raise_for_status()
        entry = self.clinic.entry(Workstation(self.clinic.raw_id).body())
        self.known: dict[str, Any] = {
            "clinic_id": self.clinic.clinic_id,
            "workstation_id": self.clinic.first.workstation_id,
            "upload_id": begun.json()["upload_id"],
            "blob_id": blob_id(self.half),
            "blob_ids": [blob_id(self.photo)],
            "bytes": len(self.half),
            "number": 1,
            "invitation_id": ids.random_id(),  # whoever knows the real one knows the code it follows from
            "package": text(b"another package"),
            "sequence": 1,
            "previous": text(before),
            "entries": [text(entry)],
            "parcel": text(self.parcel),
            "operations": [text(one) for one in self.made],
            "record": text(self.checkpoint),
            "records": [text(self.slot)],
            "hashes": [text(sha256(self.slot))],
            "scope": scope,
            "keys": [{"scope": scope, "sealed": text(b"another key")}],
            "challenge": text(bytes(32)),
            "signature": text(bytes(64)),
            "code": server.code,
            "after": 0,
        }

    def secrets(self) -> list[bytes]:
        """What no answer may hold, as it would stand in one."""
        records = [self.parcel, *self.made, *self.clinic.entries, self.checkpoint, self.slot, self.erasure]
        return [text(one).encode() for one in records] + [self.photo, self.half, self.segment]


def body_of(described: dict[str, Any], operation: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What to send: the clinic's own values under the names of the description."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/octet-stream" in content:
        return {"content": b"other bytes"}
    if "application/json" not in content:
        return {}
    name = content["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    properties = described["components"]["schemas"][name]["properties"]
    missing = set(properties) - set(known)
    assert not missing, f"say what a stranger could know of {missing}"
    return {"json": {one: known[one] for one in properties}}


def requests_of(server: Server, known: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path, what is given) of every endpoint."""
    described = server.http.get("/openapi.json").json()
    found = []
    for template, methods in described["paths"].items():
        if template in WITHOUT_TOKEN or template == ENDLESS:
            continue
        for method in set(METHODS) & set(methods):
            path = re.sub(r"\{(\w+)\}", lambda one: str(known[one[1]]), template)
            asked = [one for one in methods[method].get("parameters", []) if one["in"] == "query" and one["required"]]
            given = body_of(described, methods[method], known)
            given["params"] = {one["name"]: known[one["name"]] for one in asked}
            found.append((method.upper(), path, given))
            if "{blob_id}" in template:
                whole = template.replace("{blob_id}", known["blob_ids"][0])
                found.append((method.upper(), whole, given))
    assert len(found) > 20
    return sorted(found, key=lambda one: one[0] != "GET")  # read first: what a stranger put for itself it may read


@pytest.mark.parametrize("who", ["another clinic", "a forged token", "nobody", "shut out"])
def test_no_endpoint_gives_or_takes_anything_of_another_clinic(server: Server, who: str) -> None:
    held = Furnished(server)
    stranger, status = _stranger(server, held.clinic, who)
    before = kept(server, held.clinic.clinic_id)
    for method, path, given in requests_of(server, held.known):
        answer = stranger.ask(method, path, **given)
        if status and "/invitations/" not in path and "/sign-in/" not in path:
            assert answer.status_code == status, (method, path)
        assert answer.status_code < 500, (method, path)
        for secret in held.secrets():
            assert secret not in answer.content, (method, path)
        assert held.clinic.clinic_id not in answer.text, (method, path)
        assert not ("/join" in path and answer.status_code == 200)
    assert kept(server, held.clinic.clinic_id) == before


def _stranger(server: Server, clinic: Clinic, who: str) -> tuple[Caller, int]:
    """Somebody who is not of the clinic, and which status every endpoint with a token answers; 0 where it differs."""
    if who == "shut out":
        caller, count, before = server.caller(clinic), len(clinic.entries), clinic.head
        second = clinic.add_workstation()
        caller.append(count, before, clinic.entries[count:]).raise_for_status()
        shut_out, count, before = server.caller(clinic, second), len(clinic.entries), clinic.head
        clinic.revoke(second)
        caller.append(count, before, clinic.entries[count:]).raise_for_status()
        return shut_out, 403
    stranger = server.caller(server.clinic())
    if who == "nobody":
        stranger.token = ""
        return stranger, 401
    if who == "a forged token":
        own, theirs = stranger.clinic.clinic_id.encode().hex(), clinic.clinic_id.encode().hex()
        assert own in stranger.token
        stranger.token = stranger.token.replace(own, theirs)
        return stranger, 401
    return stranger, 0
