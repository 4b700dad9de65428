"""What is said about people and their keys, the same in windows and in commands."""

from __future__ import annotations

from collections.abc import Collection

from photodesk.store.roles import KeyKind

_HOLDERS = {KeyKind.CHART: "a clinician", KeyKind.LOG: "a privacy officer", KeyKind.DESK: "anybody else"}

_OPENS = {KeyKind.CHART: "charts", KeyKind.LOG: "the log's pages"}


def waits_on(kinds: Collection[KeyKind]) -> str:
    """`a clinician`, `a clinician and a privacy officer`: who has to sign in once; "" where nobody."""
    return " and ".join(_HOLDERS[kind] for kind in sorted(kinds) if kind in _HOLDERS)


def waiting_words(kinds: Collection[KeyKind]) -> str:
    """What stands beside a person who has not all keys yet; "" where they have."""
    who = waits_on(kinds)
    return f"waiting for {who} to sign in once" if who else ""


def waiting_sentence(kinds: Collection[KeyKind]) -> str:
    """What is said about the clinic's keys as a whole; "" where nothing waits."""
    who = waits_on(kinds)
    return f"Waiting for {who} to sign in once: then keys that are due are made and given." if who else ""


def own_waiting_sentence(kinds: Collection[KeyKind]) -> str:
    """What somebody reads who signed in and has not every key yet; "" for everybody else."""
    who = waits_on(kinds)
    if not who:
        return ""
    opens = " and ".join(_OPENS[kind] for kind in sorted(kinds) if kind in _OPENS)
    return f"Waiting for {who} to sign in once. Then sign in again, and {opens} open to you."
