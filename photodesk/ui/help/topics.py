"""The topics of the help, in their order; who may do what is written from the one table of rights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import photodesk
from photodesk.desk.entrance import Role
from photodesk.desk.roles import RIGHTS
from photodesk.errors import Fixable
from photodesk.ui.words import role_words

FOLDER = Path(photodesk.__file__).parent.parent / "resources" / "help"
WHO_MAY = "who-may-do-what"


@dataclass(frozen=True)
class Topic:
    """`text` is Markdown: a first-level title, paragraphs, numbered steps, commands in code blocks, tables."""

    name: str
    title: str
    text: str


def topics() -> tuple[Topic, ...]:
    """Every topic: files `10-name.md` in the order of their numbers, and the table of rights at the end."""
    written = [_read(path) for path in sorted(FOLDER.glob("*.md"))]
    return (*written, _rights())


def topic(name: str) -> Topic:
    """One topic; Fixable `topic_unknown`, naming those there are."""
    known = {one.name: one for one in topics()}
    if name not in known:
        raise Fixable("topic_unknown", "There is no help on that.", f"Choose one of: {', '.join(known)}.")
    return known[name]


def _read(path: Path) -> Topic:
    text = path.read_text("utf-8")
    return Topic(path.stem.partition("-")[2], text.partition("\n")[0].removeprefix("# "), text)


def _rights() -> Topic:
    roles = (Role.CLINICIAN, Role.FRONT_DESK, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)
    rows = [
        "| | " + " | ".join(role_words({role}) for role in roles) + " |",
        "| --- |" + " :---: |" * len(roles),
        *(
            f"| {right.value[0].upper()}{right.value[1:]} | "
            + " | ".join("✓" if role in held else "–" for role in roles)
            + " |"
            for right, held in RIGHTS.items()
        ),
    ]
    words = (
        "A person may have several roles and may do what any of them allows. Charts, photos and the activity log are "
        "guarded by keys as well: the front desk holds no key that opens a filed chart, and only a privacy officer "
        "holds one that reads the log."
    )
    return Topic(WHO_MAY, "Who may do what", f"# Who may do what\n\n{words}\n\n" + "\n".join(rows) + "\n")
