"""`serve`: the clinic server on this machine."""

from __future__ import annotations

import json
from pathlib import Path

import click
import platformdirs

from photodesk.app.command_line import DeskCommand, Invocation, option, pass_invocation
from photodesk.app.terminal import tell

DEFAULT_PORT = 8443
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    cls=DeskCommand,
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
@option("--database", default="", metavar="URL", help="postgresql+psycopg://… for any number of server processes.")
@option("--objects", default="", metavar="URL", help="s3://BUCKET/PREFIX, or another folder for photos.")
@option("--certificate", type=A_FILE, help="A PEM certificate instead of the server's own.")
@option("--key", type=A_FILE, help="The key of --certificate.")
@option("--quota-gb", default=2048, show_default=True, type=click.IntRange(1), help="Room for a clinic founded here.")
@pass_invocation
def serve(
    invocation: Invocation,
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
    from photodesk.server.running import ServerSettings, Started
    from photodesk.server.running import serve as run

    if (certificate is None) != (key is None):
        raise click.UsageError("--certificate and --key go together.")
    folder = data or Path(platformdirs.user_data_dir("PhotoDesk", appauthor=False)) / "server"
    settings = ServerSettings(folder, host, port, database, objects, certificate, key, invocation.quiet, quota_gb << 30)

    def started(facts: Started) -> None:
        if invocation.json:
            click.echo(json.dumps({"url": facts.url, "pin": facts.pin, "enrolment_code": facts.enrolment_code}))
            return
        tell(f"The clinic server listens at {facts.url}\nPin of its key: {facts.pin}")
        if facts.enrolment_code:
            tell(f"Code for founding the clinic from its first workstation (one day, once): {facts.enrolment_code}")

    run(settings, invocation.clock, started)
