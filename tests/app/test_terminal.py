"""What commands read and print."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import Any

import click
import pytest

from photodesk.app import commands_patient
from photodesk.app.cli import COMMANDS, cli, main
from photodesk.app.command_line import DeskCommand, Invocation
from photodesk.app.terminal import InputLines, ProgressPrinter, mark_inputs, print_fault
from photodesk.progress import Progress

CONTRACT = (
    "init",
    "user add",
    "user list",
    "patient add",
    "patient list",
    "import",
    "inbox",
    "inbox file",
    "timeline",
    "photo set",
    "export",
    "compare",
    "log verify",
    "log show",
    "check",
    "demo",
    "bench",
)


def _command(words: str) -> click.Command:
    command: click.Command = cli
    for word in words.split():
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None, words
        command = found
    return command


def _leaves(group: click.Group) -> list[click.Command]:
    found: list[click.Command] = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        found += _leaves(command) if isinstance(command, click.Group) else [command]
    return found


@pytest.mark.parametrize("words", CONTRACT)
def test_every_command_of_the_contract_exists_with_help(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    _command(words)
    assert main([*words.split(), "--help"]) == 0
    out = capsys.readouterr().out
    assert "--json" in out


def test_every_command_has_a_sentence_an_example_and_explained_options() -> None:
    leaves = _leaves(cli)
    assert len(leaves) >= len(CONTRACT)
    for command in leaves:
        assert isinstance(command, DeskCommand)
        assert command.help, command.name
        assert "photodesk " in command.examples, command.name
        for param in command.params:
            assert not isinstance(param, click.Option) or param.help, f"{command.name} {param.name}"
    assert set(COMMANDS) == set(cli.list_commands(click.Context(cli)))


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense", "--json"],
        ["patient", "add", "--json"],
        ["patient", "list", "--limit", "0", "--json"],
        ["log", "verify", "--key", "zz", "--json"],
        ["bench", "nothing", "--json"],
    ],
)
def test_wrong_usage_is_one_json_document(arguments: list[str], capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(arguments) == 2
    error = json.loads(capfdbinary.readouterr().out)["error"]
    assert error["code"] == "usage"
    assert error["message"]
    assert "--help" in error["remedy"]


def test_values_come_from_lines_after_the_password() -> None:
    marked, count = mark_inputs(["patient", "add", "--mrn", "@-", "--family=@-", "@-x", "a@-"])
    assert count == 2
    assert marked[-2:] == ["@-x", "a@-"]
    lines = InputLines(io.BytesIO("secret\n-5\r\nÅngström\n".encode()))
    assert lines.line("the password") == "secret"
    lines.keep(count)
    assert lines.value(marked[3]) == "-5"
    assert lines.value(marked[4].removeprefix("--family=")) == "Ångström"
    assert lines.value("plain") == "plain"
    with pytest.raises(click.UsageError):
        lines.line("more")


def test_options_and_arguments_resolve_inputs() -> None:
    seen: dict[str, Any] = {}

    @click.pass_obj
    def note(invocation: Invocation, **values: Any) -> None:
        seen.update(values, store=str(invocation.store), user=invocation.user)

    command = _command("patient edit")
    assert isinstance(command, DeskCommand)
    before, command.callback = command.callback, note
    try:
        given = ["--store", "@-", "patient", "edit", "@-", "--family", "@-", "--user", "@-"]
        invocation = Invocation(lines=InputLines(io.BytesIO(b"/nowhere\n-77\nLi\nAda\n")))
        assert main(given, invocation) == 0
    finally:
        command.callback = before
    assert (seen["mrn"], seen["family"], seen["store"], seen["user"]) == ("-77", "Li", "/nowhere", "Ada")


def test_a_fault_tells_places_and_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError) as caught:
        raise KeyError("Okafor, Ngozi")
    assert print_fault(caught.value, as_json=False) == 1
    err = capsys.readouterr().err
    assert "KeyError" in err
    assert "test_terminal.py" in err
    assert "Okafor" not in err


def test_progress_as_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    report = ProgressPrinter("json")
    report(Progress("Copying", 1, 3, 10, 30))
    report(Progress("Copying", 3, 3, 30, 30))
    report.end()
    rows = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert rows[-1] == {"what": "Copying", "done": 3, "total": 3, "done_bytes": 30, "total_bytes": 30}


def test_a_pipe_that_breaks_inside_is_a_document(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_invocation: Invocation) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(commands_patient, "command_desk", broken)
    assert main(["patient", "list", "--json"], Invocation()) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "fault"


def test_a_reader_that_went_away_is_no_fault() -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "photodesk", "patient", "--help"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")
