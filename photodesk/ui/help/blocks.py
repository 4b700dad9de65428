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
    """What stands one below the other, each text behind its mark: `1.`, `2.` or a dot."""

    rows: tuple[tuple[str, str], ...]


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
        return Code("\n".join(line.strip() for line in lines))
    if lines[0].startswith("|"):
        cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
        return Table((cells[0], *cells[2:]))
    if _mark(lines[0]):
        return Steps(_steps(lines))
    return Paragraph(_plain(" ".join(line.strip() for line in lines)))


def _steps(lines: list[str]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for line in lines:
        mark = _mark(line)
        if mark:
            found.append((mark.replace("-", "•"), line.removeprefix(mark).strip()))
        else:
            found[-1] = found[-1][0], f"{found[-1][1]} {line.strip()}"
    return tuple((mark, _plain(words)) for mark, words in found)


def _mark(line: str) -> str:
    """`-` or `3.` where the line begins a step."""
    mark, space, _ = line.partition(" ")
    return mark if space and (mark == "-" or (mark.endswith(".") and mark[:-1].isdigit())) else ""


def _plain(text: str) -> str:
    """The words without the signs of emphasis."""
    return text.replace("**", "").replace("`", "").replace("*", "")
