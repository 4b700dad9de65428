"""What a command reads and prints: lines of standard input, one JSON document or plain text, progress, errors.

Standard input is read line by line, in this order: the password (`--password-stdin`), a new password where a command
sets one, then one line for each `@-`, in the order of the command line.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

import click

from photodesk.app.crash import describe
from photodesk.errors import Fixable, PhotoDeskError
from photodesk.importing.names import plain_name
from photodesk.progress import Progress
from photodesk.ui.words import size_words

STANDARD_ERROR = 2
FROM_INPUT = "@-"
_MARK = "\0line "
_ROWS_MS, _PACE_AFTER_MS = 200, 1000


class InputLines:
    """Lines of standard input, each read once, and the values that stand for `@-`."""

    def __init__(self, stream: BinaryIO | None = None) -> None:
        self._stream = stream
        self._values: list[str] = []

    def line(self, what: str) -> str:
        """The next line without its end; a usage error where there is none."""
        stream = self._stream or sys.stdin.buffer
        raw = stream.readline()
        if not raw:
            raise click.UsageError(f"Standard input ended before the line with {what}.")
        try:
            return raw.decode("utf-8").removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError:
            raise click.UsageError(f"The line with {what} is not UTF-8 text.") from None

    def keep(self, count: int) -> None:
        """Read the lines that `count` places of `@-` stand for."""
        self._values = [self.line("a value for @-") for _ in range(count)]

    def value(self, text: str) -> str:
        """The line a mark stands for, or the text itself."""
        return self._values[int(text.removeprefix(_MARK))] if text.startswith(_MARK) else text


def mark_inputs(arguments: Sequence[str]) -> tuple[list[str], int]:
    """Replace `@-` and `--option=@-` by numbered marks; (arguments, how many)."""
    marked: list[str] = []
    count = 0
    for argument in arguments:
        before, at, after = argument.rpartition(FROM_INPUT)
        if at and not after and (not before or (before.startswith("--") and before.endswith("="))):
            marked.append(f"{before}{_MARK}{count}")
            count += 1
        else:
            marked.append(argument)
    return marked, count


def ask_password(prompt: str) -> str:
    """Typed at the terminal, unseen; a usage error where there is no terminal."""
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to type the password at. Use --password-stdin.")
    return getpass.getpass(f"{prompt}: ")


def print_json(document: Mapping[str, Any]) -> None:
    """One document on standard output, UTF-8."""
    stream = sys.stdout.buffer
    stream.write(json.dumps(document, ensure_ascii=False, indent=2).encode("utf-8") + b"\n")
    stream.flush()


def print_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Plain columns."""
    texts = [[str("" if cell is None else cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [list(head), *texts]) for column in range(len(head))]
    for row in [list(head), *texts]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def tell(message: str, *, quiet: bool = False) -> None:
    """A sentence on standard error."""
    if not quiet:
        click.echo(message, err=True)


def print_error(error: PhotoDeskError, *, as_json: bool) -> int:
    """Say what happened and what to do; the exit code."""
    if as_json:
        print_json({"error": {"code": error.code, "message": error.message, "remedy": error.remedy}})
    else:
        tell(f"{error.message} {error.remedy}".strip())
    return error.exit_code


def print_fault(error: BaseException, *, as_json: bool) -> int:
    """A fault of the program: kind and places only, since texts and values may be a patient's."""
    fault = Fixable(
        "fault",
        f"PhotoDesk stopped because of a fault in the program ({describe(error)}).",
        "What was saved is safe. Please report this line; it holds nothing about patients.",
    )
    return print_error(fault, as_json=as_json)


class ProgressPrinter:
    """A bar on a terminal, JSON lines with `--progress json`, nothing otherwise. At most five rows a second."""

    def __init__(self, kind: str, *, quiet: bool = False) -> None:
        self._kind = kind if kind != "auto" else ("bar" if sys.stderr.isatty() and not quiet else "none")
        self._quiet = quiet
        self._last_ms = 0
        self._drawn = False
        self._began: tuple[int, int] | None = None

    def __call__(self, progress: Progress) -> None:
        """A `progress.Report`."""
        now_ms = time.monotonic_ns() // 1_000_000
        ended = progress.total > 0 and progress.done >= progress.total
        if self._kind == "none" or (now_ms - self._last_ms < _ROWS_MS and not ended):
            return
        self._last_ms = now_ms
        if self._kind == "json":
            click.echo(
                json.dumps(
                    {
                        "what": progress.what,
                        "done": progress.done,
                        "total": progress.total,
                        "done_bytes": progress.done_bytes,
                        "total_bytes": progress.total_bytes,
                    },
                    ensure_ascii=False,
                ),
                err=True,
            )
            return
        width = 30
        filled = width * progress.done // progress.total if progress.total else 0
        count = f"{progress.done} of {progress.total}" if progress.total else str(progress.done)
        pace = self._pace(progress, now_ms)
        bar = f"[{'#' * filled}{'-' * (width - filled)}] {count}{pace}  {plain_name(progress.what)}"
        click.echo(f"\r\033[K{bar}", err=True, nl=False)
        self._drawn = True

    def _pace(self, progress: Progress, now_ms: int) -> str:
        """`, 86 MB/s, 13 s left`, once there is something to tell."""
        if self._began is None or progress.done_bytes < self._began[1]:
            self._began = (now_ms, progress.done_bytes)
        passed_ms, done = now_ms - self._began[0], progress.done_bytes - self._began[1]
        if passed_ms < _PACE_AFTER_MS or done <= 0:
            return ""
        left_s = round((progress.total_bytes - progress.done_bytes) * passed_ms / done / 1000)
        return f", {size_words(done * 1000 // passed_ms)}/s" + (f", {left_s:,} s left" if left_s > 0 else "")

    def interrupt(self, sentence: str) -> None:
        """Say a sentence from a signal handler: past the stream, which may be in the middle of a line."""
        if self._quiet:
            return
        row = json.dumps({"what": sentence, "done": 0, "total": 0, "done_bytes": 0, "total_bytes": 0})
        text = row if self._kind == "json" else f"\r\033[K{sentence}" if self._drawn else sentence
        with suppress(OSError):  # nobody reads: the work stops all the same
            os.write(STANDARD_ERROR, f"{text}\n".encode())

    def end(self) -> None:
        """Leave the bar's row."""
        if self._drawn:
            click.echo("", err=True)
