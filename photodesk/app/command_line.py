"""Commands that share their options: `--store --user --code --emergency --password-stdin --json --quiet`, before or
after the command's name, and `@-` in the place of any value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

from photodesk.app.paths import default_store
from photodesk.app.terminal import InputLines, ask_password, print_json, tell
from photodesk.clock import Clock, SystemClock
from photodesk.crypto import DEFAULT_COST, Argon2Cost


@dataclass
class Invocation:
    """What the common options say, and where lines of standard input come from."""

    store: Path = field(default_factory=default_store)
    user: str = ""
    code: str = field(default="", repr=False)
    emergency: str = ""
    password_stdin: bool = False
    json: bool = False
    quiet: bool = False
    lines: InputLines = field(default_factory=InputLines)
    clock: Clock = field(default_factory=SystemClock)
    cost: Argon2Cost = DEFAULT_COST
    passwords: list[str] = field(default_factory=list)

    def password(self, prompt: str = "Password") -> str:
        """The next password line read ahead, else typed at the terminal."""
        return self.passwords.pop(0) if self.passwords else ask_password(prompt)

    def password_twice(self) -> str:
        """The signed-in person's password where a command needs it beyond signing in: `password` gives it once more."""
        password = self.password()
        self.passwords.insert(0, password)
        return password

    def new_password(self) -> str:
        """A new password: the next line, else typed twice."""
        if self.passwords:
            return self.passwords.pop(0)
        first = ask_password("New password")
        if first != ask_password("New password again"):
            raise click.UsageError("The two passwords differ.")
        return first

    def tell(self, message: str) -> None:
        """A sentence on standard error, unless quiet."""
        tell(message, quiet=self.quiet)

    def show(self, document: dict[str, Any], text: str = "") -> None:
        """The JSON document with `--json`, the plain text otherwise."""
        if self.json:
            print_json(document)
        elif text:
            click.echo(text)


pass_invocation = click.make_pass_decorator(Invocation)


def _resolved(value: Any, lines: InputLines) -> Any:
    if isinstance(value, str):
        return lines.value(value)
    if isinstance(value, tuple | list):
        return type(value)(_resolved(item, lines) for item in value)
    return value


class InputOption(click.Option):
    """An option whose value may be `@-`."""

    def consume_value(self, ctx: click.Context, opts: Any) -> Any:
        value, source = super().consume_value(ctx, opts)
        return _resolved(value, ctx.find_object(Invocation).lines), source  # type: ignore[union-attr]


class InputArgument(click.Argument):
    """An argument whose value may be `@-`."""

    def consume_value(self, ctx: click.Context, opts: Any) -> Any:
        value, source = super().consume_value(ctx, opts)
        return _resolved(value, ctx.find_object(Invocation).lines), source  # type: ignore[union-attr]


class Moment(click.DateTime):
    """A day or a time of day; what has the form of one but does not exist is told so."""

    def __init__(self, pattern: str, form: str, what: str, there_is_none: str) -> None:
        super().__init__([pattern])
        self._form, self._what, self._there_is_none = re.compile(form), what, there_is_none

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            text = str(value)
            why = self._there_is_none if self._form.fullmatch(text) else f"is not {self._what}"
            raise click.BadParameter(f"{text!r} {why}.", ctx, param) from None


DAY = Moment("%Y-%m-%d", r"\d{4}-\d{1,2}-\d{1,2}", "a day such as 1968-02-29", "is a day that does not exist")
HOUR = Moment("%H:%M", r"\d{1,2}:\d{1,2}", "a time such as 09:30", "is a time that does not exist")


def not_blank(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A callback of text options: blanks alone are no answer."""
    if value is not None and not value.strip():
        raise click.BadParameter("It must not be empty.", ctx, param)
    return value


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    invocation = ctx.find_object(Invocation)
    if value and invocation is not None and param.name:
        setattr(invocation, param.name, value)


def common_options() -> list[click.Parameter]:
    """The options that every command takes."""
    return [
        InputOption(
            ["--store"],
            type=click.Path(file_okay=False, path_type=Path),
            expose_value=False,
            callback=_keep,
            metavar="FOLDER",
            help="The store's folder. Default: this user's data folder.",
        ),
        InputOption(["--user"], expose_value=False, callback=_keep, metavar="NAME", help="Who signs in."),
        InputOption(
            ["--emergency"],
            expose_value=False,
            callback=_keep,
            metavar="REASON",
            help="Open the sealed envelope for this one command: its code in place of the password, --user says who.",
        ),
        InputOption(
            ["--code"],
            expose_value=False,
            callback=_keep,
            metavar="CODE",
            help="The code of the authenticator app, or a backup code, where this person signs in with one.",
        ),
        InputOption(
            ["--password-stdin"],
            is_flag=True,
            expose_value=False,
            callback=_keep,
            help="The first line of standard input is the password.",
        ),
        InputOption(
            ["--json"], is_flag=True, expose_value=False, callback=_keep, help="One JSON document on standard output."
        ),
        InputOption(
            ["--quiet"], is_flag=True, expose_value=False, callback=_keep, help="No messages on standard error."
        ),
    ]


class Exampled(click.Command):
    """A command whose help ends with examples, one a line."""

    def __init__(self, *args: Any, examples: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Examples"):
            for example in self.examples.strip().splitlines():
                formatter.write(f"  {example.strip()}\n")


class DeskCommand(Exampled):
    """A command with the common options and examples at the end of its help."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {name for param in self.params for name in param.opts}
        self.params.extend(one for one in common_options() if own.isdisjoint(one.opts))


class DeskGroup(click.Group):
    """A group whose commands are `DeskCommand`s and which takes the common options too."""

    command_class = DeskCommand

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(common_options())


Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def argument(*names: str, **settings: Any) -> Callable[[Decorated], Decorated]:
    """`click.argument` that takes `@-`."""
    return click.argument(*names, cls=InputArgument, **settings)


def option(*names: str, **settings: Any) -> Callable[[Decorated], Decorated]:
    """`click.option` that takes `@-`."""
    return click.option(*names, cls=InputOption, **settings)
