"""Help: every topic reads as a page, and who may do what is the one table of rights."""

from __future__ import annotations

from typing import Any

import pytest

from photodesk.desk.entrance import Role
from photodesk.desk.roles import RIGHTS, Right
from photodesk.errors import Fixable
from photodesk.ui.controls import Text
from photodesk.ui.help.blocks import Code, Heading, Paragraph, Steps, Table, blocks
from photodesk.ui.help.section import HelpSection
from photodesk.ui.help.topics import WHO_MAY, topic, topics
from photodesk.ui.page import PageContext
from tests.ui.conftest import AtOnce, Went, pretend_session


def test_every_topic_has_a_name_a_title_and_text() -> None:
    known = topics()
    assert len({one.name for one in known}) == len(known) > 3
    for one in known:
        assert one.name
        assert one.title
        assert one.text.startswith(f"# {one.title}\n")
        assert blocks(one.text), one.name
        assert "![" not in one.text
    with pytest.raises(Fixable, match="no help on that"):
        topic("nothing")


def test_the_blocks_of_a_page() -> None:
    steps, table = "2. **First** word\n   goes on\n3. `Second`", "| | a |\n| - | - |\n| b | c |"
    text = f"# T\n\nOne\ntwo.\n\n## More\n\n{steps}\n\n    photodesk check\n\n{table}\n"
    assert blocks("# T\n\n- One *way*\n- Other") == (Steps((("•", "One way"), ("•", "Other"))),)
    assert blocks(text) == (
        Paragraph("One two."),
        Heading("More"),
        Steps((("2.", "First word goes on"), ("3.", "Second"))),
        Code("photodesk check"),
        Table((("", "a"), ("b", "c"))),
    )


def test_who_may_do_what_is_the_table_of_rights() -> None:
    table = next(block for block in blocks(topic(WHO_MAY).text) if isinstance(block, Table))
    assert len(table.rows) == 1 + len(RIGHTS)
    assert table.rows[0] == ("", "Clinician", "Front desk", "Privacy officer", "Administrator")
    marks = {row[0]: row[1:] for row in table.rows[1:]}
    for right in Right:
        words = right.value[0].upper() + right.value[1:]
        order = (Role.CLINICIAN, Role.FRONT_DESK, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)
        assert marks[words] == tuple("✓" if role in RIGHTS[right] else "–" for role in order)


@pytest.mark.usefixtures("dressed")
def test_the_window_shows_every_topic(qtbot: Any) -> None:
    section = HelpSection(PageContext(pretend_session(Role.FRONT_DESK), AtOnce(), Went()))  # type: ignore[arg-type]
    qtbot.addWidget(section)
    for one in topics():
        section.choice.pick(one.name)
        shown = {text.full_text() for text in section.findChildren(Text) if not text.isHidden()}
        assert one.title in shown
