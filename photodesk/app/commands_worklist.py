"""`worklist`: a day's visits, and where they come from."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import click

from photodesk.app import documents
from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import DAY, DeskCommand, DeskGroup, Invocation, argument, option, pass_invocation
from photodesk.app.terminal import print_table
from photodesk.background.worklist_query import ask_worklist
from photodesk.clock import rfc3339
from photodesk.desk.session import Session
from photodesk.desk.worklist import Applied, Decision, Outcome, Planned
from photodesk.desk.worklist_setup import WorklistSetup
from photodesk.errors import Fixable
from photodesk.interop.csv_proposal import DELIMITERS, ENCODINGS, proposed
from photodesk.interop.drop_folder import data_of, read_bytes
from photodesk.store.worklist_book import PleaseLook
from photodesk.visits.worklist import Read, RowProblem
from photodesk.visits.worklist_source import (
    AfterReading,
    Column,
    DateOrder,
    SourceKind,
    TableFormat,
    WorklistServer,
    WorklistSource,
)

_DELIMITERS = dict(zip(("comma", "semicolon", "tab", "bar"), DELIMITERS, strict=True))
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class WorklistGroup(DeskGroup):
    """Without a command it lists the day."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Examples"):
            for example in (
                'photodesk worklist --user "Ada Berg"',
                "photodesk worklist --date 2026-11-20 --json --user Ada",
            ):
                formatter.write(f"  {example}\n")


@click.group(cls=WorklistGroup, invoke_without_command=True)
@option("--date", "day", type=DAY, metavar="YYYY-MM-DD", help="The day to list. Default: today.")
@click.pass_context
def worklist(context: click.Context, day: datetime | None) -> None:
    """A day's visits with what needs a look; how they come from another system."""
    if context.invoked_subcommand is None:
        _list(context.ensure_object(Invocation), day.date() if day else None)


def _list(invocation: Invocation, day: date | None) -> None:
    with command_desk(invocation) as desk:
        service = desk.session.worklist
        on = day or date.fromisoformat(desk.session.today)
        lines, looks = service.of_day(on, log=True), service.problems()
        invocation.show(
            {
                "date": on.isoformat(),
                "visits": [_planned(line) for line in lines],
                "please_look": [_look(look) for look in looks],
            }
        )
        if not invocation.json:
            print_table(
                ("Time", "Record", "Patient", "Clinician", "Room", "Photos"),
                [
                    (
                        f"{one.visit.at:%H:%M}" if one.visit.at else "",
                        one.patient.mrn,
                        one.patient.display_name,
                        one.clinician,
                        one.visit.room,
                        one.photos,
                    )
                    for one in (line.line for line in lines)
                ],
            )
            for look in looks:
                click.echo(f"{look.problem_id}  {look.source}, line {look.place}: {look.message} {look.remedy}")


@worklist.command(
    "read",
    cls=DeskCommand,
    examples="""
photodesk worklist read visits.csv --user "Ada Berg"
photodesk worklist read visits.csv --map record-number=PID --map family=Nachname --map date=Termin \
--delimiter semicolon --encoding cp1252 --dates day-first --user Ada
photodesk worklist read messages.hl7 --source hl7 --json --user Ada
""",
)
@argument("file", type=FILE)
@option(
    "--source", "kind", type=click.Choice(["csv", "hl7"]), help="What the file holds. Default: as set up, else csv."
)
@option(
    "--map", "columns", multiple=True, metavar="MEANING=COLUMN", help="Which column (heading or number) means what."
)
@option("--encoding", type=click.Choice([name for name, _ in ENCODINGS]), help="Character set of the file.")
@option("--delimiter", type=click.Choice(list(_DELIMITERS)), help="What separates columns.")
@option("--dates", type=click.Choice([order.value for order in DateOrder]), help="How dates are written.")
@option("--dry-run", is_flag=True, help="Only say what the file holds; nothing is changed.")
@pass_invocation
def read(
    invocation: Invocation,
    file: Path,
    kind: str | None,
    columns: tuple[str, ...],
    encoding: str | None,
    delimiter: str | None,
    dates: str | None,
    dry_run: bool,
) -> None:
    """Read one file of visits. The file stays as it is; the same file again changes nothing.

    Meanings: record-number family given name birth sex date time date-time room clinician status visit-number.
    Without --map the set-up of this workstation holds, else what the file's own headings say.
    """
    with command_desk(invocation) as desk:
        data = data_of(file)
        if data is None:
            raise Fixable("file_refused", "The file cannot be read.", "Check that it is a file and belongs to you.")
        source = desk.session.worklist.source()
        wanted = SourceKind(kind) if kind else source.kind if source.kind is SourceKind.HL7 else SourceKind.CSV
        table = _table(source, columns, encoding, delimiter, dates, data) if wanted is SourceKind.CSV else source.table
        rows = read_bytes(data, replace(source, kind=wanted, table=table))
        if dry_run:
            _say_dry(invocation, rows, table)
            return
        applied = _apply(desk.session, rows, file.name)
        desk.session.worklist.remember_file(hashlib.sha256(data).digest(), applied)
        _say_applied(invocation, desk.session, applied)


def _table(
    source: WorklistSource,
    columns: tuple[str, ...],
    encoding: str | None,
    delimiter: str | None,
    dates: str | None,
    data: bytes,
) -> TableFormat:
    """The set-up's format, else the file's own; what is named on the command line holds."""
    set_up = source.kind is SourceKind.CSV
    table = source.table
    if not set_up:
        proposal = proposed(data)
        table = proposal.table
        if len(proposal.date_orders) > 1 and not dates:
            raise click.UsageError("The dates of this file can be read in two ways. Say which with --dates.")
    return replace(
        table,
        encoding=encoding or table.encoding,
        delimiter=_DELIMITERS[delimiter] if delimiter else table.delimiter,
        dates=DateOrder(dates) if dates else table.dates,
        columns=_columns(columns) or table.columns,
    )


def _columns(pairs: tuple[str, ...]) -> dict[Column, str]:
    found = {}
    for pair in pairs:
        meaning, equals, column = pair.partition("=")
        if not equals or not column or meaning not in [column.value for column in Column]:
            raise click.UsageError(f"{pair!r} is not MEANING=COLUMN. Meanings: {', '.join(Column)}.")
        found[Column(meaning)] = column
    return found


@worklist.command(
    "query",
    cls=DeskCommand,
    examples='photodesk worklist query --user "Ada Berg"\nphotodesk worklist query --date 2026-11-23 --json --user Ada',
)
@option("--date", "day", type=DAY, metavar="YYYY-MM-DD", help="The day to ask for. Default: today.")
@option("--dry-run", is_flag=True, help="Only say how many visits the server has; nothing is changed.")
@pass_invocation
def query(invocation: Invocation, day: datetime | None, dry_run: bool) -> None:
    """Ask the DICOM worklist server that was set up for a day's visits."""
    with command_desk(invocation) as desk:
        source = desk.session.worklist.source()
        if source.kind is not SourceKind.DICOM:
            raise Fixable("no_server", "No worklist server is set up here.", "See photodesk worklist set --help.")
        rows = ask_worklist(source.server, day.date() if day else date.fromisoformat(desk.session.today))
        if dry_run:
            _say_dry(invocation, rows, None)
        else:
            _say_applied(invocation, desk.session, _apply(desk.session, rows, source.server.host))


@worklist.command(
    "set",
    cls=DeskCommand,
    examples="""
photodesk worklist set --source csv --folder /srv/worklist --after remove --sample visits.csv --user "Ada Berg"
photodesk worklist set --source csv --folder /srv/worklist --after leave --map record-number=1 --map family=2 \
--map date=4 --no-headings --dates day-first --user Ada
photodesk worklist set --source hl7 --folder /srv/hl7 --after remove --authority CLINIC --user Ada
photodesk worklist set --source dicom --host ris.clinic.example --port 104 --called RIS --calling ROOM2 --tls --user Ada
photodesk worklist set --source by-hand --user Ada
""",
)
@option(
    "--source",
    "kind",
    type=click.Choice([kind.value for kind in SourceKind]),
    required=True,
    help="Where visits come from.",
)
@option("--folder", metavar="FOLDER", help="The folder the other system writes into (csv, hl7).")
@option(
    "--after",
    type=click.Choice([after.value for after in AfterReading]),
    help="Files hold names: remove them once read, or leave them.",
)
@option("--sample", type=FILE, help="A file whose headings say the columns (csv).")
@option("--map", "columns", multiple=True, metavar="MEANING=COLUMN", help="Which column means what (csv).")
@option("--encoding", type=click.Choice([name for name, _ in ENCODINGS]), help="Character set (csv, hl7).")
@option("--delimiter", type=click.Choice(list(_DELIMITERS)), help="What separates columns (csv).")
@option("--dates", type=click.Choice([order.value for order in DateOrder]), help="How dates are written (csv).")
@option("--headings/--no-headings", default=None, help="Whether the first line names the columns (csv).")
@option("--authority", metavar="NAME", help="Assigning authority of the record number, PID-3.4 (hl7).")
@option("--host", metavar="HOST", help="The worklist server (dicom).")
@option("--port", type=click.IntRange(1, 65535), help="Its port (dicom).")
@option("--called", metavar="TITLE", help="Its AE title (dicom).")
@option("--calling", metavar="TITLE", help="This workstation's AE title (dicom).")
@option("--station", metavar="TITLE", help="Only steps of this station (dicom).")
@option("--tls/--no-tls", default=None, help="DICOM over TLS 1.2 or 1.3, the server's certificate checked.")
@option("--authority-file", metavar="PEM", help="Certificate the server's must be signed by; default: the system's.")
@option("--certificate-file", metavar="PEM", help="This workstation's certificate, where the server asks for one.")
@option("--key-file", metavar="PEM", help="Its key, readable by this computer's user alone.")
@pass_invocation
def set_source(invocation: Invocation, /, kind: str, folder: str | None, after: str | None, **given: object) -> None:
    """Say where this workstation's visits come from. Administrators only; what is not named stays."""
    with command_desk(invocation) as desk:
        setup = desk.session.worklist.setup
        before = setup.source()
        source = replace(before, kind=SourceKind(kind), folder=folder or before.folder)
        if source.kind in {SourceKind.CSV, SourceKind.HL7}:
            if after is None and before.kind is not source.kind:
                raise click.UsageError("Files hold names. Say with --after whether to remove or leave them once read.")
            source = replace(source, after_reading=AfterReading(after) if after else before.after_reading)
        source = replace(source, table=_set_table(source, given), server=_set_server(source.server, given))
        messages = replace(
            source.messages,
            authority=_named(given, "authority", source.messages.authority),
            encoding=_named(given, "encoding", source.messages.encoding),
        )
        _keep(invocation, setup, replace(source, messages=messages))


def _keep(invocation: Invocation, setup: WorklistSetup, source: WorklistSource) -> None:
    setup.set_source(source)
    document = {"source": source.kind.value, "folder": source.folder or None, "after": source.after_reading.value}
    invocation.show(document, "The worklist is set up.")


def _named(given: dict[str, object], name: str, otherwise: str) -> str:
    value = given.get(name)
    return otherwise if value is None else str(value)


def _set_table(source: WorklistSource, given: dict[str, object]) -> TableFormat:
    sample, columns = given.get("sample"), given.get("columns")
    table = source.table
    if isinstance(sample, Path):
        proposal = proposed(data_of(sample) or b"")
        if len(proposal.date_orders) > 1 and not given.get("dates"):
            raise click.UsageError("The dates of this file can be read in two ways. Say which with --dates.")
        table = proposal.table
    delimiter, headings = given.get("delimiter"), given.get("headings")
    return replace(
        table,
        encoding=_named(given, "encoding", table.encoding),
        delimiter=_DELIMITERS[str(delimiter)] if delimiter else table.delimiter,
        dates=DateOrder(_named(given, "dates", table.dates)),
        headings=table.headings if headings is None else bool(headings),
        columns={**table.columns, **_columns(columns if isinstance(columns, tuple) else ())},
    )


def _set_server(server: WorklistServer, given: dict[str, object]) -> WorklistServer:
    port, tls = given.get("port"), given.get("tls")
    return WorklistServer(
        _named(given, "host", server.host),
        port if isinstance(port, int) else server.port,
        _named(given, "called", server.called),
        _named(given, "calling", server.calling),
        _named(given, "station", server.station),
        server.tls if tls is None else bool(tls),
        _named(given, "authority_file", server.authority_file),
        _named(given, "certificate_file", server.certificate_file),
        _named(given, "key_file", server.key_file),
    )


@worklist.command(
    "settle",
    cls=DeskCommand,
    examples="""
photodesk worklist settle 5f0c…e1 --keep-ours --user "Ada Berg"
photodesk worklist settle 5f0c…e1 --dismiss --user Ada
""",
)
@argument("problem_id")
@option(
    "--keep-ours", "decision", flag_value=Decision.KEEP_OURS.value, help="The same person; our name and birth date."
)
@option("--take-theirs", "decision", flag_value=Decision.TAKE_THEIRS.value, help="The same person; theirs.")
@option("--dismiss", "decision", flag_value=Decision.DISMISS.value, help="Nothing to do.")
@pass_invocation
def settle(invocation: Invocation, problem_id: str, decision: str | None) -> None:
    """End a line that needs a look."""
    if decision is None:
        raise click.UsageError("Say --keep-ours, --take-theirs or --dismiss.")
    with command_desk(invocation) as desk:
        desk.session.worklist.decide(problem_id, Decision(decision))
        invocation.show({"problem_id": problem_id, "decision": decision}, "Done.")


def _apply(session: Session, rows: Read, source: str) -> Applied:
    return session.worklist.apply(session.worklist.named(rows), source)


def _say_applied(invocation: Invocation, session: Session, applied: Applied) -> None:
    counts = {outcome.value: applied.of(outcome) for outcome in Outcome}
    looks = session.worklist.problems()
    words = ", ".join(f"{count:,} {name.replace('-', ' ')}" for name, count in counts.items())
    invocation.show({"counts": counts, "please_look": [_look(look) for look in looks]}, words)


def _say_dry(invocation: Invocation, rows: Read, table: TableFormat | None) -> None:
    problems = [
        {"line": row.place, "code": row.code, "message": row.message} for row in rows if isinstance(row, RowProblem)
    ]
    columns = {column.value: name for column, name in table.columns.items()} if table else {}
    good = len(rows) - len(problems)
    invocation.show(
        {"rows": good, "columns": columns, "problems": problems},
        "\n".join([f"{good:,} visits", *(f"Line {one['line']}: {one['message']}" for one in problems)]),
    )


def _planned(planned: Planned) -> documents.Document:
    line = planned.line
    return {
        "visit_id": line.visit.visit_id,
        "patient_id": line.patient.patient_id,
        "mrn": line.patient.mrn,
        "family": line.patient.family,
        "given": line.patient.given,
        "at": line.visit.at.isoformat("minutes") if line.visit.at else None,
        "room": line.visit.room,
        "clinician": line.clinician,
        "photos": line.photos,
        "from_worklist": planned.from_worklist,
    }


def _look(look: PleaseLook) -> documents.Document:
    return {
        "problem_id": look.problem_id,
        "code": look.code,
        "source": look.source,
        "line": look.place,
        "message": look.message,
        "remedy": look.remedy,
        "patient_id": look.patient_id or None,
        "seen_at": rfc3339(look.seen_at_ms),
    }
