"""Two pieces of work at the same time: both results, and what either raises."""

from __future__ import annotations

import threading

import pytest

from photodesk.background.both import both


def test_they_run_at_the_same_time() -> None:
    meeting = threading.Barrier(2, timeout=10)
    assert both(lambda: (meeting.wait(), "one")[1], lambda: (meeting.wait(), "other")[1]) == ("one", "other")


def test_what_either_raises_is_raised_once_both_have_ended() -> None:
    ended: list[str] = []

    def fails() -> str:
        raise ValueError("this one")

    with pytest.raises(ValueError, match="this one"):
        both(fails, lambda: ended.append("other"))
    assert ended == ["other"]
    with pytest.raises(ValueError, match="this one"):
        both(lambda: ended.append("one"), fails)
    assert ended == ["other", "one"]
