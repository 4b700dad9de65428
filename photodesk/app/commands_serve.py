"""`serve`: the clinic server on this machine."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
import platformdirs

from photodesk.app.command_line import DeskCommand, DeskGroup, Exampled, Invocation, argument, option, pass_invocation
from photodesk.app.terminal import tell

if TYPE_CHECKING:
    from photodesk.server.hosting import Hosting

DEFAULT_PORT = 8443
A_FOLDER = click.Path(file_okay=False, path_type=Path)
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class ServeGroup(Exampled, DeskGroup):
    """The server's command takes options of its own, and has examples like every command."""


def default_folder() -> Path:
    """Where a server keeps its things when nobody says otherwise."""
    return Path(platformdirs.user_data_dir("PhotoDesk", appauthor=False)) / "server"


@click.group(
    cls=ServeGroup,
    invoke_without_command=True,
    examples="""
photodesk serve --host 0.0.0.0
photodesk serve --data /srv/photodesk --database postgresql+psycopg://photodesk@db/photodesk --objects s3://clinic-photos
""",
)
@option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@option("--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Where the server keeps its certificate and, without the next two, everything.",
)
@option(
    "--database",
    default="",
    metavar="URL",
    help="postgresql+psycopg://… for any number of server processes; @- reads it from standard input, so that no "
    "password stands in the process list.",
)
@option("--objects", default="", metavar="URL", help="s3://BUCKET/PREFIX, or another folder for photos.")
@option("--certificate", type=A_FILE, help="A PEM certificate instead of the server's own.")
@option("--key", type=A_FILE, help="The key of --certificate.")
@option("--quota-gb", default=2048, show_default=True, type=click.IntRange(1), help="Room for a clinic founded here.")
@click.pass_context
def serve(
    context: click.Context,
    host: str,
    port: int,
    data: Path | None,
    database: str,
    objects: str,
    certificate: Path | None,
    key: Path | None,
    quota_gb: int,
) -> None:
    """Run the clinic server until it is stopped. It keeps ciphertext only and can read nothing of it."""
    if context.invoked_subcommand is not None:
        return
    invocation = context.find_object(Invocation) or Invocation()
    from photodesk.server.running import ServerSettings, Started
    from photodesk.server.running import serve as run

    if (certificate is None) != (key is None):
        raise click.UsageError("--certificate and --key go together.")
    folder = data or default_folder()
    settings = ServerSettings(folder, host, port, database, objects, certificate, key, invocation.quiet, quota_gb << 30)

    def started(facts: Started) -> None:
        if invocation.json:
            click.echo(json.dumps({"url": facts.url, "pin": facts.pin, "enrolment_code": facts.enrolment_code}))
            return
        tell(f"The clinic server listens at {facts.url}\nPin of its key: {facts.pin}")
        if facts.enrolment_code:
            tell(f"Code for founding the clinic from its first workstation (one day, once): {facts.enrolment_code}")

    run(settings, invocation.clock, started)


@serve.command(
    "backup",
    cls=DeskCommand,
    examples="""
photodesk serve backup /mnt/copy --data /srv/photodesk
photodesk serve backup /mnt/copy --data /srv/photodesk --database @- --objects s3://clinic-photos < database-url
""",
)
@argument("folder", type=A_FOLDER)
@option("--data", type=A_FOLDER, metavar="FOLDER", help="The server's folder.")
@option("--database", default="", metavar="URL", help="Its PostgreSQL, if it has one; @- reads it from standard input.")
@option("--objects", default="", metavar="URL", help="Where its photos lie, if not in its folder.")
@pass_invocation
def back_up_server(invocation: Invocation, folder: Path, data: Path | None, database: str, objects: str) -> None:
    """Copy a server, also while it runs: its rows, its photos and its own certificate.

    With --database the rows of the PostgreSQL are in the copy too: nothing is left to pg_dump. A certificate given with
    --certificate is not: keep it, with its key, yourself. Erasure keys in copies are removed after seven days.
    """
    from photodesk.server.keeping import back_up
    from photodesk.server.own_folder import POSTGRESQL

    made = back_up(data or default_folder(), folder, invocation.clock, database=database, objects=objects)
    document = {"objects": made.objects, "new_objects": made.new_objects, "bytes": made.size_bytes}
    rows = "its rows from PostgreSQL" if made.rows_from == POSTGRESQL else "its rows"
    invocation.show(
        document | {"database": made.rows_from},
        f"The server is copied whole: {rows} and {made.objects} objects, {made.new_objects} of them new.",
    )


@serve.command("restore", cls=DeskCommand, examples="photodesk serve restore /mnt/copy --data /srv/photodesk-new")
@argument("folder", type=A_FOLDER)
@option("--data", type=A_FOLDER, metavar="FOLDER", help="The new server's folder; empty or not there yet.")
@option("--database", default="", metavar="URL", help="An empty PostgreSQL database to restore into; @- as above.")
@option("--objects", default="", metavar="URL", help="Where the photos go, if not into its folder.")
@pass_invocation
def restore_server(invocation: Invocation, folder: Path, data: Path | None, database: str, objects: str) -> None:
    """Make a server from a copy. What the copy lacks, the workstations still have and send again."""
    from photodesk.server.keeping import bring_back

    bring_back(folder, data or default_folder(), database=database, objects=objects)
    invocation.show({"restored": True}, "The server is restored. Start it with: photodesk serve")


def _hosting(invocation: Invocation, data: Path | None, database: str) -> AbstractContextManager[Hosting]:
    from photodesk.server.hosting import Hosting

    return closing(Hosting(data or default_folder(), database, invocation.clock))


@serve.command("new-code", cls=DeskCommand, examples="photodesk serve new-code --data /srv/photodesk")
@option("--data", type=A_FOLDER, metavar="FOLDER", help="The server's folder.")
@option("--database", default="", metavar="URL", help="Its PostgreSQL, if it has one; @- reads it from standard input.")
@pass_invocation
def new_code(invocation: Invocation, data: Path | None, database: str) -> None:
    """Make a code for founding one more clinic on this server, good once and for a day."""
    with _hosting(invocation, data, database) as hosting:
        code = hosting.give_code()
    invocation.show({"enrolment_code": code}, code)


@serve.command(
    "clinics",
    cls=DeskCommand,
    examples="""
photodesk serve clinics --data /srv/photodesk
photodesk serve clinics --data /srv/photodesk --clinic 7f3a09c4d2e15b86a1f0c3d4e5b69788 --quota-gb 4096
""",
)
@option("--data", type=A_FOLDER, metavar="FOLDER", help="The server's folder.")
@option("--database", default="", metavar="URL", help="Its PostgreSQL, if it has one; @- reads it from standard input.")
@option("--clinic", "clinic_id", metavar="ID", help="The clinic whose room is changed.")
@option("--quota-gb", type=click.IntRange(1), metavar="N", help="Its room from now on.")
@pass_invocation
def clinics(
    invocation: Invocation, data: Path | None, database: str, clinic_id: str | None, quota_gb: int | None
) -> None:
    """List the clinics of this server and the room they use, or change a clinic's room."""
    if (clinic_id is None) != (quota_gb is None):
        raise click.UsageError("--clinic and --quota-gb go together.")
    with _hosting(invocation, data, database) as hosting:
        if clinic_id is not None and quota_gb is not None:
            hosting.set_quota(clinic_id, quota_gb << 30)
        held = hosting.clinics()
    rows = [
        {"clinic_id": one.clinic_id, "used": one.used_bytes, "under_way": one.promised_bytes, "quota": one.quota_bytes}
        for one in held
    ]
    text = "\n".join(f"{one.clinic_id}  {one.used_bytes / 2**30:.1f} of {one.quota_bytes >> 30} GiB" for one in held)
    invocation.show({"clinics": rows}, text or "There is no clinic on this server yet.")
