"""A topic cut into blocks: the small part of Markdown that the help is written in. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True)
class Heading:
    """A second-level heading."""

    text: str


@dataclass(frozen=True)
class Steps:
    """Numbered steps, in order."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """Commands as typed."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows of cells; the first row names the columns."""

    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | Heading | Steps | Code | Table


def blocks(text: str) -> tuple[Block, ...]:
    """The blocks after the title. Blocks are parted by empty lines; commands are indented by four spaces."""
    return tuple(_block(part) for part in text.split("\n\n")[1:] if part.strip())


def _block(part: str) -> Block:
    lines = [line for line in part.strip("\n").splitlines() if line.strip()]
    if lines[0].startswith("## "):
        return Heading(lines[0].removeprefix("## "))
    if lines[0].startswith("    "):
        return Code("\n".join(line.removeprefix("    ") for line in lines))
    if lines[0].startswith("|"):
        cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
        return Table((cells[0], *cells[2:]))
    if lines[0].startswith("1. "):
        return Steps(_steps(lines))
    return Paragraph(" ".join(line.strip() for line in lines))


def _steps(lines: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for line in lines:
        number, point, words = line.partition(". ")
        if point and number.isdigit():
            found.append(words.strip())
        else:
            found[-1] = f"{found[-1]} {line.strip()}"
    return tuple(found)
