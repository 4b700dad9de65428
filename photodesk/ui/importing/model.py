"""The state of an import as shown: counters, tiles, sentences. Testable without a window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from photodesk.importing.job import FileState, ImportResult, Outcome, Stage
from photodesk.importing.names import plain_name, short_name
from photodesk.progress import Progress
from photodesk.ui.words import card_name, counted, size_words

if TYPE_CHECKING:
    from photodesk.desk.inbox import InboxShot

_COPIED = (Stage.COPIED, Stage.VERIFIED, Stage.ASSIGNED, Stage.FILED)


@dataclass(frozen=True)
class ImportProgress(Progress):
    """Progress with what is known of each file, and whether the source turned out to be a camera card."""

    outcomes: tuple[Outcome, ...] = ()
    from_card: bool = False


@dataclass(frozen=True)
class Tile:
    """One file as shown. `shot_id` asks the gate for its picture; `words` stand in the well where there is none.

    `label` marks a separator card, `share` (0…1) how much of the file is copied while it is.
    """

    key: str
    name: str
    caption: str
    icon: str
    tone: str
    shot_id: str = ""
    filed: bool = False
    words: str = ""
    faded: bool = False
    label: bool = False
    share: float = 0.0
    reason: str = ""


_NO_TILE = Tile("", "", "", "", "")


class Phase(Enum):
    """Where the page stands."""

    CHOOSING = "choosing"
    RUNNING = "running"
    DONE = "done"


def tile_of(outcome: Outcome, *, finished: bool) -> Tile:  # noqa: PLR0911 - one line a state
    """The tile of a file; while the import runs, what has not been copied yet is waiting."""
    key, name = f"{outcome.source}/{outcome.name}", short_name(outcome.name)
    shot, filed = outcome.shot_id, outcome.stage is Stage.FILED
    state = outcome.state
    if state is FileState.KEPT_AS_IS:
        words = f"Kept as is, {size_words(outcome.size_bytes)}"
        return Tile(key, name, name, "warning-circle", "warn", words=words, reason=outcome.reason)
    if state is FileState.DUPLICATE:
        words = "Already in PhotoDesk"
        return Tile(key, name, words, "copy", "ink3", shot, filed, faded=True, reason=outcome.reason)
    if state is FileState.FAILED:
        if outcome.stage is Stage.COPIED and not outcome.failure:
            return Tile(key, name, name, "download-simple", "ink2")
        if not outcome.failure and not finished:
            return Tile(key, name, "Waiting", "clock", "ink3")
        return Tile(key, name, name, "x-circle", "bad", words="Not copied", reason=outcome.reason)
    if state is FileState.FILED:
        return Tile(key, name, name, "check-circle", "ok", shot, True)
    return Tile(key, name, name, "check-circle", "ok", shot)


def tile_of_shot(inbox: InboxShot, place: str = "", *, label: bool = False) -> Tile:
    """The tile of a shot that waits in the inbox; `place` says site and view as far as chosen."""
    shot = inbox.shot
    name = short_name(shot.name)
    icon, tone = ("check-circle", "ok") if shot.stage != "copied" else ("download-simple", "ink2")
    if label:
        return Tile(shot.shot_id, name, "Separator", icon, tone, shot.shot_id, label=True)
    if shot.facts.undecodable or shot.reason:
        words = f"Kept as is, {size_words(shot.size_bytes)}"
        reason = shot.reason or shot.facts.undecodable
        return Tile(shot.shot_id, name, name, "warning-circle", "warn", shot.shot_id, words=words, reason=reason)
    if inbox.group:
        return Tile(shot.shot_id, name, place or "Assigned", "check-circle", "ok", shot.shot_id)
    return Tile(shot.shot_id, name, place or "Site to choose", icon, tone, shot.shot_id)


class ImportState:
    """From chosen sources to a finished report. `now_ms` is monotonic time."""

    def __init__(self) -> None:
        self.phase = Phase.CHOOSING
        self.source = ""
        self.from_card = False
        self.progress = Progress("")
        self.outcomes: tuple[Outcome, ...] = ()
        self.result: ImportResult | None = None
        self.failure = ""
        self.stopping = False
        self._made: list[tuple[tuple[object, ...], Tile]] = []
        self._began_ms = 0
        self._now_ms = 0
        self._bytes_before: int | None = 0

    def began(self, source: str, now_ms: int, *, from_card: bool, joined: bool = False) -> None:
        """An import has started, or one that went on without this desk is `joined`."""
        self._bytes_before = None if joined else 0
        self.phase, self.source, self.from_card = Phase.RUNNING, source, from_card
        self.progress, self.outcomes, self.result = Progress("Looking at the files"), (), None
        self.failure, self.stopping = "", False
        self._began_ms = self._now_ms = now_ms

    def advanced(self, progress: Progress, now_ms: int) -> None:
        """How far it is."""
        self.progress, self._now_ms = progress, now_ms
        if self._bytes_before is None and progress.total_bytes:
            self._bytes_before = progress.done_bytes
        if isinstance(progress, ImportProgress):
            self.outcomes = progress.outcomes
            self.from_card = self.from_card or progress.from_card

    def ended(self, result: ImportResult) -> None:
        """It is over."""
        self.phase, self.result, self.outcomes = Phase.DONE, result, tuple(result.outcomes)
        self.failure = f"{result.stopped.message} {result.stopped.remedy}".strip() if result.stopped else ""

    def failed(self, words: str) -> None:
        """It did not start, or broke off with a sentence."""
        self.phase, self.failure = (Phase.DONE if self.outcomes else Phase.CHOOSING), words

    def filed(self, shot_ids: frozenset[str]) -> None:
        """Shots were filed or assigned after the copy."""
        for outcome in self.outcomes:
            if outcome.shot_id in shot_ids and outcome.stage is not Stage.FILED:
                outcome.stage = Stage.FILED

    def assigned(self, shot_ids: frozenset[str]) -> None:
        """A person has decided whose these are; they are filed later."""
        for outcome in self.outcomes:
            if outcome.shot_id in shot_ids and outcome.stage is Stage.VERIFIED:
                outcome.stage = Stage.ASSIGNED

    @property
    def total(self) -> int:
        """How many files there are, as far as known."""
        return max(len(self.outcomes), self.progress.total if self.phase is Phase.RUNNING else 0)

    @property
    def copied(self) -> int:
        """Files whose bytes are in the store or were there before."""
        known = sum(1 for outcome in self.outcomes if outcome.stage in _COPIED or outcome.duplicate)
        return max(known, self.progress.done if self.phase is Phase.RUNNING and not self._filing else 0)

    @property
    def _filing(self) -> bool:
        return self.progress.what == "Filing photos"

    @property
    def verified(self) -> int:
        """Files read back and equal."""
        return sum(1 for outcome in self.outcomes if outcome.is_safe)

    @property
    def in_charts(self) -> int:
        """Files in a chart."""
        return sum(1 for outcome in self.outcomes if outcome.stage is Stage.FILED)

    @property
    def total_bytes(self) -> int:
        """Size of all files, as far as known."""
        return max(sum(outcome.size_bytes for outcome in self.outcomes), self.progress.total_bytes)

    @property
    def all_safe(self) -> bool:
        """Whether the card could be erased."""
        return self.result is not None and self.result.all_safe

    @property
    def not_on_server(self) -> int:
        """How many files the clinic server did not hold at the end, where the clinic waits for it with a card."""
        receipt = self.result.receipt if self.result is not None else None
        return int(receipt.get("not_on_server", 0)) if receipt is not None else 0

    def tiles(self) -> tuple[Tile, ...]:
        """All files in the order found."""
        finished = self.phase is Phase.DONE
        tiles = tuple(self._tile(at, outcome, finished) for at, outcome in enumerate(self.outcomes))
        if finished or self._filing:
            return tiles
        read = self.progress.done  # files are read in the order found; what is read is copied, not verified yet
        return tuple(
            replace(tile, caption=tile.name, icon="download-simple", tone="ink2")
            if number < read and tile.icon == "clock"
            else replace(tile, share=self.share_now)
            if number == read and tile.icon == "clock"
            else tile
            for number, tile in enumerate(tiles)
        )

    def _tile(self, at: int, outcome: Outcome, finished: bool) -> Tile:
        """Made anew only where something changed: this is asked several times a second, for thousands of files."""
        state = (outcome.name, outcome.stage, outcome.duplicate, outcome.shot_id, outcome.failure, outcome.undecodable)
        if at == len(self._made):
            self._made.append(((), _NO_TILE))
        if self._made[at][0] != (finished, *state):
            self._made[at] = ((finished, *state), tile_of(outcome, finished=finished))
        return self._made[at][1]

    @property
    def share_now(self) -> float:
        """How much of the file in hand is copied, 0…1."""
        read = self.progress.done
        if read >= len(self.outcomes) or not self.outcomes[read].size_bytes:
            return 0.0
        before = sum(outcome.size_bytes for outcome in self.outcomes[:read])
        return max(0.0, min(1.0, (self.progress.done_bytes - before) / self.outcomes[read].size_bytes))

    def shot_ids(self) -> tuple[str, ...]:
        """Shots that wait for a patient."""
        return tuple(o.shot_id for o in self.outcomes if o.shot_id and o.stage is Stage.VERIFIED and not o.duplicate)


class ImportModel(ImportState):
    """The same in words."""

    @property
    def rate_words(self) -> tuple[str, str]:
        """`86 MB/s` and `13 seconds left`, once there is something to tell."""
        passed_ms = self._now_ms - self._began_ms
        done = self.progress.done_bytes - (self._bytes_before or 0)
        if self.phase is not Phase.RUNNING or self.stopping or passed_ms < 500 or not done:
            return "", ""
        rate = done * 1000 / passed_ms
        left_s = round((self.progress.total_bytes - self.progress.done_bytes) / rate)
        left = f"{counted(left_s, 'second')} left" if left_s < 90 else f"{counted(round(left_s / 60), 'minute')} left"
        return f"{size_words(round(rate))}/s", left if left_s > 0 else ""

    @property
    def summary(self) -> str:
        """`214 photos · 1.7 GB`."""
        if not self.total:
            return self.progress.what if self.phase is Phase.RUNNING else self.nothing
        return f"{counted(self.total, 'file')} · {size_words(self.total_bytes)}"

    def summary_with(self, groups: int) -> str:
        """`214 files · 0.9 of 1.7 GB · Copying IMG_0412.JPG`, at the end `214 files · 1.7 GB · 5 groups`."""
        if self.phase is not Phase.RUNNING:
            return f"{self.summary} · {counted(groups, 'group')}" if groups else self.summary
        if not self.total or not self.progress.total_bytes:
            return self.summary
        now = plain_name(self.progress.what)
        done, whole = size_words(self.progress.done_bytes), size_words(self.progress.total_bytes)
        return " · ".join(words for words in (counted(self.total, "file"), f"{done} of {whole}", now) if words)

    @property
    def trouble(self) -> str:
        """The last thing that went wrong so far, and how many there were."""
        failed = [outcome for outcome in self.outcomes if outcome.failure and not outcome.is_safe]
        if not failed:
            return ""
        more = f" ({len(failed) - 1:,} more)" if len(failed) > 1 else ""
        name = short_name(failed[-1].name)
        return f"{name}: {failed[-1].failure}{more}"

    def foot(self) -> tuple[str, str]:
        """(strong words, the rest) about what would be lost now."""
        only_there = self.total - self.verified
        where = "on the card" if self.from_card else "in the folder"
        if self.phase is Phase.RUNNING and only_there:
            keep = "Please leave the card in." if self.from_card else "Please keep the folder."
            verb = "is" if only_there == 1 else "are"
            return keep, f"{counted(only_there, 'file')} {verb} only {where}."
        if self.phase is Phase.DONE and only_there:
            return "Not everything is safe.", f"{counted(only_there, 'file')} stayed only {where}."
        if self.total:
            return "Everything is safe.", "Each file was read back and matches."
        return self.nothing, ""

    @property
    def nothing(self) -> str:
        """The sentence for a source without a single file."""
        if self.phase is not Phase.DONE or self.total or self.failure:
            return ""
        skipped = len(self.result.skipped) if self.result is not None else 0
        passed = f" {counted(skipped, 'entry', 'entries')} passed over; the report says why." if skipped else ""
        return f"There are no photos {'on this card' if self.from_card else 'in this folder'}.{passed}"

    def safe_lines(self) -> tuple[tuple[str, str, str, int], ...]:
        """The lines of the safe-to-erase card: (icon, tone, words, count); only those that count something."""
        counts = dict.fromkeys(FileState, 0)
        for outcome in self.outcomes:
            counts[outcome.state] += 1
        lines = (
            ("check-circle", "ok", "Filed in the chart", counts[FileState.FILED]),
            ("tray", "ink2", "Assigned, to be filed by a clinician's desk", counts[FileState.ASSIGNED]),
            ("tray", "ink2", "In the inbox, to be filed", counts[FileState.VERIFIED]),
            ("qr-code", "ink2", "Separator cards", counts[FileState.LABEL]),
            ("copy", "ink2", "Already in PhotoDesk, skipped", counts[FileState.DUPLICATE]),
            ("warning-circle", "warn", "Cannot be shown, kept as is", counts[FileState.KEPT_AS_IS]),
        )
        return tuple(line for line in lines if line[3])


def title_words(source: str, *, from_card: bool) -> str:
    """How the source is called: the card, or the folder's own name."""
    return card_name(source) if from_card else source or "Chosen files"
