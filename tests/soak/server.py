"""The clinic server under load and random faults: nothing lost or doubled, nothing stuck, nothing leaked.

    python -m tests.soak.server --minutes 20

Workstations push parcels, upload photos in parts and read them back through a wire that cuts connections at random
points, while one of two server processes over one PostgreSQL (SQLite and one process where there is none) is killed
and started again. At the end everything that was answered is there once, in one chain; the process that was never
killed has no more descriptors than a while before the end and hardly more memory.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2 as httpx

from photodesk.background.trial_postgres import cluster, programs
from photodesk.crypto import sha256
from photodesk.server.tls import certificate_in
from photodesk.sync.blob_parts import PART_BYTES, id_of_parts, part_hash
from photodesk.sync.statements import FIRST_ORDER, next_order
from tests.server.clinic import Caller, Clinic, found, raw
from tests.server.running import Running, serving

STATIONS = 6
STUCK_S = 60.0
MEBIBYTE = 1 << 20
MORE_MEMORY_ALLOWED = 48 * MEBIBYTE
SETTLE_SHARE = 0.3  # of the time, until the first look at memory: pools and caches fill


@dataclass(frozen=True)
class Held:
    """What a server process holds at one moment."""

    resident_bytes: int
    descriptors: int


@dataclass
class Station:
    """A workstation that goes on sending whatever happens, as the syncer does."""

    caller: Caller
    dice: random.Random
    sent: list[bytes] = field(default_factory=list)
    blobs: list[str] = field(default_factory=list)
    last_success_s: float = field(default_factory=time.monotonic)
    cuts: int = 0
    longest_s: float = 0.0

    def succeeded(self) -> None:
        """Something was answered."""
        now = time.monotonic()
        self.longest_s, self.last_success_s = max(self.longest_s, now - self.last_success_s), now


class Soak:
    """The servers, the workstations, and the faults between them."""

    def __init__(self, folder: Path, database: str, seed: int) -> None:
        self._folder, self._seed = folder, seed
        self._dice = random.Random(seed)  # noqa: S311
        self._options = ["--quiet", "--objects", str(folder / "objects")]
        self._options += ["--database", database] if database else []
        self._ending = threading.Event()
        self._both = bool(database)
        self.kills = 0
        self.problems: list[str] = []

    def run(self, seconds: float) -> list[str]:
        """Everything that is wrong, after so long; a report goes to standard error."""
        (self._folder / "data").mkdir()
        certificate_in(self._folder / "data", "127.0.0.1")
        with ExitStack() as stack:
            steady = stack.enter_context(self._server())
            with steady.http() as http:
                clinic = Clinic()
                found(http, clinic, steady.code or "").raise_for_status()
                stations = self._stations(clinic, http, steady.pin)
            if seconds > 0:
                self._work(stations, steady, seconds)
            with steady.http() as http:
                self._look(clinic, http, steady.pin, stations)
        return self.problems

    def _work(self, stations: list[Station], steady: Running, seconds: float) -> None:
        urls = [steady.url]
        threads = [threading.Thread(target=self._send, args=(one, urls, steady)) for one in stations]
        threads += [threading.Thread(target=self._listen, args=(one, steady), daemon=True) for one in stations]
        if self._both:
            threads.append(threading.Thread(target=self._kill_again_and_again, args=(urls,)))
        for thread in threads:
            thread.start()
        end, settled = time.monotonic() + seconds, time.monotonic() + seconds * SETTLE_SHARE
        early: Held | None = None
        while time.monotonic() < end:
            time.sleep(min(1.0, seconds / 20))
            now = time.monotonic()
            if early is None and now > settled:
                early = held_by(steady)
            self.problems += [
                f"a workstation had no answer for {STUCK_S:.0f} s"
                for one in stations
                if now - one.last_success_s > STUCK_S
            ][:1]
        self._ending.set()
        for thread in threads:
            thread.join(STUCK_S)
            if thread.is_alive():
                self.problems.append("a transfer is stuck")
        time.sleep(2.0)
        self._compare(early or held_by(steady), held_by(steady))
        self._report(stations, seconds)

    def _compare(self, early: Held, late: Held) -> None:
        sys.stderr.write(
            f"memory {early.resident_bytes / MEBIBYTE:.0f} → {late.resident_bytes / MEBIBYTE:.0f} MiB,"
            f" descriptors {early.descriptors} → {late.descriptors}\n"
        )
        if late.resident_bytes > early.resident_bytes + MORE_MEMORY_ALLOWED:
            self.problems.append(f"memory grew from {early.resident_bytes} to {late.resident_bytes} bytes")
        if late.descriptors > early.descriptors + STATIONS:
            self.problems.append(f"descriptors grew from {early.descriptors} to {late.descriptors}")

    def _report(self, stations: list[Station], seconds: float) -> None:
        sys.stderr.write(
            f"{seconds:.0f} s, {self.kills} kills, {sum(one.cuts for one in stations)} requests cut or refused,"
            f" {sum(len(one.sent) for one in stations)} operations, {sum(len(one.blobs) for one in stations)} blobs,"
            f" longest without an answer {max(one.longest_s for one in stations):.1f} s\n"
        )

    def _stations(self, clinic: Clinic, http: httpx.Client, pin: bytes) -> list[Station]:
        first = Caller(http, clinic, clinic.first, pin)
        first.sign_in().raise_for_status()
        made = [clinic.first]
        for _ in range(STATIONS - 1):
            count, before = len(clinic.entries), clinic.head
            made.append(clinic.add_workstation())
            first.append(count, before, clinic.entries[count:]).raise_for_status()
        dice = (random.Random(self._seed + number) for number in range(STATIONS))  # noqa: S311
        return [Station(Caller(http, clinic, one, pin), one_dice) for one, one_dice in zip(made, dice, strict=True)]

    def _send(self, station: Station, urls: list[str], steady: Running) -> None:
        try:
            self._keep_sending(station, urls, steady)
        except Exception as error:  # noqa: BLE001 - whatever it is, the soak says so
            self.problems.append(f"a workstation gave up: {error!r}")

    def _keep_sending(self, station: Station, urls: list[str], steady: Running) -> None:
        waiting: tuple[bytes, list[bytes]] | None = None
        blob: bytes | None = None
        while not self._ending.is_set() or waiting is not None or blob is not None:
            try:
                with Cutting(steady, station.dice.choice(urls), station.dice) as http:
                    station.caller.http = http
                    station.caller.sign_in().raise_for_status()
                    for _ in range(station.dice.randrange(1, 12)):
                        if waiting is None and not self._ending.is_set():
                            made = [_operation(station) for _ in range(station.dice.randrange(1, 30))]
                            waiting = (station.caller.station.parcel(made), made)
                        if waiting is not None:
                            station.caller.push(*waiting).raise_for_status()
                            station.sent += waiting[1]
                            waiting = None
                            station.succeeded()
                        if blob is None and not self._ending.is_set() and station.dice.random() < 0.4:
                            blob = os.urandom(station.dice.choice((9_000, 300_000, PART_BYTES + 77)))
                        if blob is not None:
                            self._bring(station, blob)
                            blob = None
                            station.succeeded()
            except (httpx.TransportError, httpx.HTTPStatusError, KeyError) as error:
                station.cuts += 1
                if isinstance(error, httpx.HTTPStatusError) and error.response.status_code in {400, 409, 413, 422, 500}:
                    self.problems.append(f"{error.response.status_code} {error.response.text[:200]}")
                time.sleep(0.05)

    def _listen(self, station: Station, steady: Running) -> None:
        """Streams of events that are opened, read a little, and left."""
        while not self._ending.is_set():
            headers = {"Authorization": f"Bearer {station.caller.token}"}
            try:
                with steady.http() as http, http.stream("GET", "/v1/events", headers=headers) as stream:
                    for heard in stream.iter_lines():
                        if self._ending.is_set() or (heard and random.random() < 0.2):  # noqa: S311
                            break
            except httpx.HTTPError:
                time.sleep(0.2)
            self._ending.wait(0.3)

    def _bring(self, station: Station, blob: bytes) -> None:
        station.caller.upload(blob).raise_for_status()
        cut = [blob[start : start + PART_BYTES] for start in range(0, len(blob), PART_BYTES)]
        name = id_of_parts(len(blob), list(map(part_hash, cut))).hex()
        back = station.caller.ask("GET", f"/v1/blobs/{name}").raise_for_status()
        if back.content != blob:
            self.problems.append("a blob came back changed")
        station.blobs.append(name)

    def _kill_again_and_again(self, urls: list[str]) -> None:
        """The second process lives for some seconds each time; its address goes out with it a while later."""
        while not self._ending.is_set():
            with self._server() as other:
                urls.append(other.url)
                self._ending.wait(self._dice.uniform(0.5, 8.0))
                if self._dice.random() < 0.7:
                    other.kill()
                    self.kills += 1
                else:
                    other.stop()
            self._ending.wait(0.3)
            urls.remove(other.url)

    def _look(self, clinic: Clinic, http: httpx.Client, pin: bytes, stations: list[Station]) -> None:
        caller = Caller(http, clinic, clinic.first, pin)
        caller.sign_in().raise_for_status()
        chain, place, here = FIRST_ORDER, 0, []
        while page := caller.ask("GET", "/v1/operations", params={"after": place}).json()["operations"]:
            for one in page:
                place += 1
                chain = next_order(chain, clinic.raw_id, place, sha256(raw(one["record"])))
                if (one["place"], raw(one["chain"])) != (place, chain):
                    self.problems.append(f"the order breaks at {place}")
                here.append(raw(one["record"]))
        for station in stations:
            own = set(station.sent)
            if [one for one in here if one in own] != station.sent:
                self.problems.append("operations of a workstation are lost, doubled or out of their order")
        if len(here) != sum(len(one.sent) for one in stations):
            self.problems.append("the server has operations that nobody sent")
        names = [name for one in stations for name in one.blobs]
        for start in range(0, len(names), 1000):
            asked = {"blob_ids": names[start : start + 1000]}
            if caller.ask("POST", "/v1/blobs/missing", json=asked).json()["blob_ids"]:
                self.problems.append("blobs are lost")

    @contextmanager
    def _server(self) -> Iterator[Running]:
        data = Path(tempfile.mkdtemp(dir=self._folder)) if self._both else self._folder / "data"
        if self._both:
            shutil.copytree(self._folder / "data", data, dirs_exist_ok=True)
        with serving(data, *self._options) as made:
            yield made


class Cutting(httpx.Client):
    """A client whose connection breaks now and then: some requests never arrive, some answers never come back."""

    def __init__(self, running: Running, url: str, dice: random.Random) -> None:
        import ssl

        context = ssl.create_default_context(cafile=str(running.folder / "tls.pem"))
        super().__init__(base_url=url, verify=context, trust_env=False, timeout=30)
        self._dice = dice

    def request(self, *arguments: object, **given: object) -> httpx.Response:  # type: ignore[override]
        lot = self._dice.random()
        if lot < 0.03:
            raise httpx.ConnectError("cut before")
        if lot < 0.05 and isinstance(given.get("content"), bytes):
            given["content"] = _broken_off(given["content"])  # type: ignore[arg-type]
        answer = super().request(*arguments, **given)  # type: ignore[arg-type]
        if lot > 0.97:
            raise httpx.ReadError("cut after")
        return answer


def _broken_off(data: bytes) -> Iterator[bytes]:
    yield data[: len(data) // 2]
    raise httpx.WriteError("cut within")


def _operation(station: Station) -> bytes:
    return station.caller.station.operation(size=station.dice.randrange(40, 2000))


def held_by(running: Running) -> Held:
    """Memory and descriptors of a server process."""
    home = Path(f"/proc/{running.process.pid}")
    pages = int((home / "statm").read_text().split()[1])
    return Held(pages * os.sysconf("SC_PAGE_SIZE"), len(list((home / "fd").iterdir())))


def run(seconds: float, folder: Path, seed: int = 6) -> list[str]:
    """A soak of so many seconds; what was wrong."""
    with ExitStack() as stack:
        database = ""
        if programs() is not None:
            folder.chmod(0o755)
            database = stack.enter_context(cluster(folder / "pg"))
        return Soak(folder, database, seed).run(seconds)


def main() -> int:
    """Exit code 1 where something was wrong."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--minutes", type=float, default=20.0)
    words.add_argument("--seed", type=int, default=6)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as name:
        problems = run(asked.minutes * 60, Path(name), asked.seed)
    for problem in problems:
        sys.stderr.write(f"WRONG: {problem}\n")
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write("all is as it should be\n" if not problems else f"{len(problems)} wrong\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
