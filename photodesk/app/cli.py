"""The command line: `photodesk COMMAND …`, a public interface that scripts rely on.

Exit: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 damaged; `log verify` has its own. With `--json` every end, also a
failure, is exactly one document on standard output.
"""

from __future__ import annotations

import errno
import os
import select
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from photodesk import __version__
from photodesk.app.command_line import DeskGroup, Invocation
from photodesk.app.terminal import InputLines, mark_inputs, print_error, print_fault, print_json, tell
from photodesk.background.processes import harden
from photodesk.errors import Cancelled, Fixable, PhotoDeskError

USAGE_EXIT = 2


COMMANDS = {
    "init": "commands_setup:init",
    "user": "commands_people:user",
    "envelope": "commands_envelope:envelope",
    "policy": "commands_policy:policy",
    "patient": "commands_merging:patient",
    "visit": "commands_patient:visit",
    "import": "commands_import:import_photos",
    "inbox": "commands_inbox:inbox",
    "cards": "commands_cards:cards",
    "receipt": "commands_cards:receipt",
    "separators": "commands_separators:separators",
    "timeline": "commands_photo:timeline",
    "photo": "commands_corrections:photo",
    "protocol": "commands_protocol:protocol",
    "export": "commands_photo:export",
    "export-record": "commands_records:export_whole_record",
    "compare": "commands_photo:compare",
    "marks": "commands_marks:marks",
    "log": "commands_log_officer:log",
    "worklist": "commands_worklist:worklist",
    "retention": "commands_records:retention",
    "hold": "commands_records:hold",
    "erase": "commands_records:erase",
    "check": "commands_store:check",
    "security": "commands_security:security",
    "backup": "commands_backup:backup",
    "restore": "commands_backup:restore",
    "recover": "commands_backup:recover_person",
    "recovery": "commands_backup:recovery",
    "enrol": "commands_enrol:enrol",
    "workstation": "commands_workstation:workstation",
    "serve": "commands_serve:serve",
    "sync": "commands_copies:sync",
    "conflicts": "commands_conflicts:conflicts",
    "demo": "commands_demo:demo",
    "bench": "commands_demo:bench",
    "help": "commands_help:help_page",
}


class CommandsByName(DeskGroup):
    """Loads a command's module when it is asked for, so that each command starts fast."""

    def invoke(self, ctx: click.Context) -> object:
        """Click ends without a word at any broken pipe; one inside PhotoDesk is a fault and is said."""
        try:
            answer: object = super().invoke(ctx)
        except BrokenPipeError as broken:
            if reader_is_gone():
                raise
            raise RuntimeError("a pipe inside PhotoDesk broke").with_traceback(broken.__traceback__) from None
        return answer

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module, _, name = COMMANDS.get(cmd_name, "").partition(":")
        if not module:
            return None
        command: click.Command = getattr(import_module(f"photodesk.app.{module}"), name)
        return command


@click.group(
    name="photodesk",
    cls=CommandsByName,
    help=(
        "The clinic's patient photos: encrypted, side by side, and every view logged."
        " Without a command the window opens."
        "\n\nIn the place of any value @- reads it from a further line of standard input."
    ),
)
@click.version_option(__version__, prog_name="PhotoDesk")
def cli() -> None:
    """The commands."""


def main(arguments: Sequence[str] | None = None, invocation: Invocation | None = None) -> int:
    """Run one command; the exit code. `invocation` brings a clock, a password cost and an input in tests."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    obj = invocation or Invocation()
    try:
        marked, count = mark_inputs(given)
        if "--help" not in given and "--version" not in given:
            _read_ahead(obj, given, count)
        answer = cli.main(args=marked, prog_name="photodesk", standalone_mode=False, obj=obj)
        return answer if isinstance(answer, int) else 0
    except click.ClickException as error:
        return _usage(error, as_json=as_json)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except SystemExit:  # click's answer where nobody reads standard output any more (`| head`)
        return 1
    except (click.Abort, KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - the one crash handler of commands
        return _failed(error, as_json=as_json)


def _failed(error: BaseException, *, as_json: bool) -> int:
    if isinstance(error, PhotoDeskError):
        return print_error(error, as_json=as_json)
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return print_error(Cancelled(), as_json=as_json)
    if isinstance(error, OSError) and error.errno:
        return print_error(file_refused(error), as_json=as_json)
    return print_fault(error, as_json=as_json)


def reader_is_gone() -> bool:
    """Whether nobody reads standard output any more: the one end without a word."""
    try:
        looked = select.poll()
        looked.register(sys.stdout.fileno(), 0)
        return bool(looked.poll(0))
    except (AttributeError, OSError):  # no poll on this system, or no file: nothing tells that it is gone
        return False


def file_refused(error: OSError) -> Fixable:
    """The system said no to a file or a folder. No path: it may be a patient's name."""
    return Fixable(
        "file_refused",
        f"A file cannot be read or written ({os.strerror(error.errno or errno.EIO)}).",
        "Check that the files and folders this command uses are there and belong to you, then try again.",
    )


def _read_ahead(obj: Invocation, given: Sequence[str], count: int) -> None:
    if "--password-stdin" in given:
        harden(die_with_parent=False)  # before there is a password in memory
        obj.passwords = [obj.lines.line("the password") for _ in range(_password_lines(given))]
    obj.lines.keep(count)


def _password_lines(given: Sequence[str]) -> int:
    """The signed-in person's password, a new one where the command takes one, that of a second administrator."""
    group, command = [*_names(given), "", ""][:2]
    new = group == "user" and command in {"add", "enable", "reset", "password"}
    new = new or group in {"restore", "recover"}  # there the first line is the recovery code
    second = any(word == "--second" or word.startswith("--second=") for word in given)
    return 1 + new + second


def _names(given: Sequence[str]) -> list[str]:
    """The words that are neither options nor the values of common options."""
    names: list[str] = []
    skip = False
    for word in given:
        if skip or word.startswith("-"):
            skip = not skip and word in {"--store", "--user", "--code", "--emergency"}
            continue
        names.append(word)
    return names


def _usage(error: click.ClickException, *, as_json: bool) -> int:
    context = getattr(error, "ctx", None)
    remedy = f"See {context.command_path} --help." if context else "See photodesk --help."
    if as_json:
        print_json({"error": {"code": "usage", "message": error.format_message(), "remedy": remedy}})
    else:
        if context:
            tell(context.get_usage())
        tell(f"{error.format_message()} {remedy}")
    return USAGE_EXIT


__all__ = ["InputLines", "cli", "main"]
