"""`demo` and `bench`: they bring a store of their own and need no sign-in."""

from __future__ import annotations

from pathlib import Path

import click

from photodesk.app.command_line import DeskCommand, Invocation, argument, option, pass_invocation

SMALLEST_PX = (1280, 800)
BENCHES = (
    "import",
    "compare-open",
    "four-up",
    "pan",
    "filmstrip",
    "timeline",
    "search",
    "unlock",
    "start",
    "log",
    "verify",
    "align",
    "sync",
    "apply",
    "join",
    "push",
)


@click.command(
    cls=DeskCommand,
    examples="""
photodesk demo
photodesk demo --screenshots pictures --size 1600x1000 --json
""",
)
@option(
    "--screenshots",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Draw every screen into PNG files there, then end.",
)
@option(
    "--size",
    default="1600x1000",
    show_default=True,
    metavar="WxH",
    help="The window's size in pixels, 1280x800 or more.",
)
@pass_invocation
def demo(invocation: Invocation, screenshots: Path | None, size: str) -> int:
    """Open a demo clinic with drawn and credited real photos, in a store of its own."""
    width, _, height = size.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise click.UsageError("--size takes width and height in pixels, such as 1600x1000.")
    if int(width) < SMALLEST_PX[0] or int(height) < SMALLEST_PX[1]:
        raise click.UsageError("--size must be at least {}x{}: smaller than that no screen fits.".format(*SMALLEST_PX))
    from photodesk.app.demo import run_demo

    return run_demo(invocation, screenshots, (int(width), int(height)))


@click.command(
    cls=DeskCommand,
    examples="""
photodesk bench search --patients 100000 --json
photodesk bench import --photos 100 --size-mb 8 --runs 3
photodesk bench align --data series --photos 20
photodesk bench compare-open --data photos
""",
)
@argument("name", type=click.Choice(BENCHES))
@option("--photos", type=click.IntRange(1), metavar="N", help="How many photos.")
@option("--size-mb", type=click.FloatRange(0.01), metavar="S", help="How large each is.")
@option("--patients", type=click.IntRange(1), metavar="N", help="How many patients.")
@option("--runs", type=click.IntRange(1), metavar="R", help="How often.")
@option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Photos to show instead of made ones (compare-open, four-up, filmstrip, timeline); for align: photos to make"
    " pairs of, and published pairs listed in a pairs.csv.",
)
@pass_invocation
def bench(
    invocation: Invocation,
    name: str,
    photos: int | None,
    size_mb: float | None,
    patients: int | None,
    runs: int | None,
    data: Path | None,
) -> int:
    """Measure an operation against the bare one, in a temporary store, and print the ratio."""
    from photodesk.app.bench import run_bench

    return run_bench(invocation, name, photos=photos, size_mb=size_mb, patients=patients, runs=runs, data=data)
