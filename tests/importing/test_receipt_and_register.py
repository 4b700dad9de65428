"""Receipts that are kept and checked, the card register, and erasing by policy."""

from __future__ import annotations

import os
import zlib
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from photodesk.errors import Fixable, Refused
from photodesk.importing.card_look import look_at, seen_words
from photodesk.importing.erasing import DELETED_BEFORE, NEW, PROTECTED, EraseWhen, erase_list
from photodesk.importing.job import FileState
from photodesk.importing.receipt import anchor_of, check_receipt, receipt_in
from photodesk.importing.volume import Volume
from photodesk.log.entry import Action
from photodesk.log.records import read_anchor
from photodesk.store.catalog import ContentState, KnownContent
from tests.importing.conftest import Clinic, jpeg

TODAY = datetime(2026, 11, 20, 9, 0)


def as_card(clinic: Clinic, card: Path, serial: str = "3A1F-09C2", label: str = "EOS_DIGITAL") -> Volume:
    """Let the folder be a volume with a name of its own."""
    volume = Volume(card, "/dev/sdb1", label, serial, "vfat", 64_000_000_000, removable=True)
    before = clinic.volumes
    clinic.volumes = lambda: (*(one for one in before() if one.root != card), volume)
    return volume


def test_a_receipt_is_kept_names_the_card_and_is_checked(clinic: Clinic, card: Path) -> None:
    as_card(clinic, card)
    result = clinic.run(card)
    receipt = clinic.service().closing.receipt(result.job_id)
    assert receipt == result.receipt
    assert receipt["card"] == {"label": "EOS_DIGITAL", "serial": "3A1F-09C2"}
    public, clinic_id = clinic.keeper.key.public, clinic.workplace.keyset.clinic_id
    assert check_receipt(receipt, public, clinic_id).holds
    lie = check_receipt({**receipt, "safe": 17}, public, clinic_id)
    assert not lie.holds
    assert "safe" in lie.words
    assert not check_receipt(receipt, bytes(32), clinic_id).holds
    assert not check_receipt({"record": "zz"}, public, clinic_id).holds


def test_a_receipt_carries_the_log_as_an_anchor(clinic: Clinic, card: Path) -> None:
    receipt = clinic.run(card).receipt
    assert receipt is not None
    (checkpoint,) = read_anchor(anchor_of(receipt))
    assert checkpoint.signed_by(clinic.keeper.key.public)
    assert receipt["log"]["sequence"] == checkpoint.sequence == len(clinic.keeper.entries)
    assert clinic.keeper.entries[-1].outcome == "ended"


def test_a_receipt_is_found_in_its_json_and_in_a_paper(clinic: Clinic, card: Path) -> None:
    receipt = clinic.run(card).receipt
    text = msgspec.json.encode(receipt)
    assert receipt_in(text) == receipt
    assert receipt_in(msgspec.json.encode({"receipt": receipt})) == receipt
    paper = b"%PDF-1.4\n1 0 obj\nstream\nq\nendstream\n2 0 obj\nstream\n" + zlib.compress(text) + b"\nendstream\n"
    assert receipt_in(paper) == receipt
    for other in (b"", b"%PDF-1.4", b"{}", b"\xff\xfe"):
        with pytest.raises(Fixable):
            receipt_in(other)


def test_a_stopped_import_has_receipt_and_report_too(clinic: Clinic, card: Path) -> None:
    (card / "DCIM/100CANON/bad\x1b[31mname.JPG").write_bytes(jpeg(99))
    result = clinic.run(card, assigned=False)
    closing = clinic.service().closing
    text = closing.report(result.job_id)
    assert f"{len(result.outcomes)} files" in text
    assert "Muster" not in text
    assert "\x1b" not in text
    with pytest.raises(Fixable):
        closing.report("0" * 32)


def test_a_card_put_in_again_is_known_and_its_new_photos_counted(clinic: Clinic, card: Path) -> None:
    volume = as_card(clinic, card)
    clinic.run(card)
    (row,) = clinic.workplace.cards.uncleared()
    assert (row.label, row.safe, row.files, row.title) == ("EOS_DIGITAL", 16, 16, "Canon card")
    (card / "DCIM/100CANON/IMG_9001.JPG").write_bytes(jpeg(901))
    (card / "DCIM/100CANON/IMG_9002.JPG").write_bytes(jpeg(902))
    look = look_at(volume)
    assert look is not None
    words = seen_words(clinic.workplace.cards.seen(look.facts), TODAY)
    day = datetime.fromtimestamp(row.imported_at_ms / 1000)
    assert words.startswith("This card was imported on ")
    assert f"{day.day} " in words
    assert words.endswith("16 of 16 safe, not cleared; 2 new photos.")
    assert len(clinic.workplace.cards.everyone()) == 1


def test_a_card_formatted_in_the_camera_is_cleared(clinic: Clinic, card: Path) -> None:
    volume = as_card(clinic, card)
    clinic.run(card)
    for path in card.rglob("*"):
        if path.is_file() or path.is_symlink():
            path.unlink()
    (card / "DCIM/100CANON/IMG_0001.JPG").write_bytes(jpeg(777))
    look = look_at(volume)
    assert look is not None
    seen = clinic.workplace.cards.seen(look.facts)
    assert seen_words(seen, TODAY) == ""
    assert clinic.workplace.cards.uncleared() == ()
    assert len(clinic.workplace.cards.everyone()) == 1


def test_a_card_imported_behind_the_lock_is_known_by_what_the_importer_listed(clinic: Clinic, card: Path) -> None:
    """The desk that ends such an import has not looked at the card itself."""
    volume = as_card(clinic, card)
    result = clinic.run(card)
    cards, catalog = clinic.workplace.cards, clinic.workplace.catalog
    (row,) = cards.uncleared()
    catalog.set_card_marks(row.card_id, dict.fromkeys(catalog.card_marks(row.card_id), False))
    look = look_at(volume)
    assert look is not None
    cards.seen(look.facts)
    assert [one.card_id for one in cards.uncleared()] == [row.card_id]  # not known is not cleared
    clinic.service().closing.close(result)
    assert seen_words(cards.seen(look.facts), TODAY).endswith("16 of 16 safe, not cleared; nothing new.")


def test_a_card_from_which_nothing_came_need_not_be_cleared(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "bare" / "DCIM").mkdir(parents=True)
    as_card(clinic, tmp_path / "bare")
    clinic.run(tmp_path / "bare")
    assert clinic.workplace.cards.everyone()[0].imported_at_ms
    assert clinic.workplace.cards.uncleared() == ()


def test_two_cards_of_one_kind_are_two(clinic: Clinic, card: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "DCIM/100CANON").mkdir(parents=True)
    (other / "DCIM/100CANON/IMG_0001.JPG").write_bytes(jpeg(500))
    as_card(clinic, card, "3A1F-09C2")
    as_card(clinic, other, "77AA-0001")
    clinic.run(card)
    clinic.run(other)
    assert {row.serial for row in clinic.workplace.cards.everyone()} == {"3A1F-09C2", "77AA-0001"}


def test_a_pulled_card_resumes_wherever_it_is_mounted_next(clinic: Clinic, card: Path, tmp_path: Path) -> None:
    from tests.importing.test_import_faults import FaultyCard

    as_card(clinic, card)
    clinic.card = FaultyCard("IMG_0007.JPG", out=True)
    first = clinic.run(card)
    assert first.stopped is not None
    assert first.receipt is not None
    assert not first.receipt["all_safe"]
    assert clinic.workplace.cards.everyone()[0].safe == 7
    elsewhere = tmp_path / "mounted elsewhere"
    card.rename(elsewhere)
    clinic.volumes = tuple
    as_card(clinic, elsewhere)
    clinic.card = type(clinic.card)("none")
    (unfinished,) = clinic.service().unfinished()
    assert unfinished.card_id == clinic.workplace.cards.everyone()[0].card_id
    again = clinic.run(elsewhere)
    assert again.job_id == first.job_id
    assert again.exit_code == 0
    assert len(clinic.workplace.cards.everyone()) == 1


def test_erasing_clears_the_card_and_names_each_file_in_the_log(clinic: Clinic, card: Path) -> None:
    as_card(clinic, card)
    result = clinic.run(card)
    service = clinic.service()
    (card / "DCIM/100CANON/LATER.JPG").write_bytes(jpeg(333))
    planned = erase_list(clinic.workplace, result, [card])
    assert planned.stays == (("DCIM/100CANON/LATER.JPG", NEW),)
    assert len(planned.goes) == 16
    assert planned.contents.videos == sum(name.endswith(".MP4") for name in planned.goes)
    erased = service.closing.erase(result, [card])
    assert [one["name"] for one in erased if not one["erased"]] == ["DCIM/100CANON/LATER.JPG"]
    entries = [entry for entry in clinic.keeper.actions(Action.DELETE) if entry.outcome == "erased from card"]
    assert len(entries) == 16
    assert all(entry.details["content"] for entry in entries)
    assert clinic.workplace.cards.uncleared()
    (card / "DCIM/100CANON/LATER.JPG").unlink()
    look = look_at(Volume(card, "/dev/sdb1", "EOS_DIGITAL", "3A1F-09C2"))
    assert look is not None
    assert look.words == "Camera card, empty"
    clinic.workplace.cards.seen(look.facts)
    assert clinic.workplace.cards.uncleared() == ()


def test_the_policy_may_ask_for_filed_or_for_a_server_that_is_not_there(clinic: Clinic, card: Path) -> None:
    set_policy(clinic, EraseWhen.FILED)
    result = clinic.run(card, assigned=False, erase=True)
    assert result.not_erased is not None
    assert result.not_erased.code == "not_all_filed"
    set_policy(clinic, EraseWhen.SERVER)
    with pytest.raises(Refused) as refused:
        clinic.run(card, erase=True)
    assert refused.value.code == "erase_needs_server"
    assert len(list(card.rglob("*.JPG"))) == 15


def test_the_policy_may_ask_for_the_clinic_server(clinic: Clinic, card: Path) -> None:
    set_policy(clinic, EraseWhen.SERVER)
    there: set[str] = set()
    clinic.workplace.server.lacking = lambda sha256s: len(set(sha256s) - there)
    result = clinic.run(card, erase=True)
    assert result.not_erased is not None
    assert result.not_erased.code == "not_all_on_server"
    assert "; 15 are not there yet." in result.not_erased.message
    assert len(list(card.rglob("*.JPG"))) == 15
    there |= {one.sha256 for one in result.outcomes[1:]}
    why = clinic.service().closing.why_not_erase(result)
    assert why is not None
    assert "; 1 is not there yet." in why.message
    there |= {one.sha256 for one in result.outcomes}
    assert all(one["erased"] for one in clinic.service().closing.erase(result, [card]))


def test_a_card_may_be_formatted_only_once_the_server_holds_it_where_the_clinic_waits_for_that(
    clinic: Clinic, card: Path
) -> None:
    set_policy(clinic, EraseWhen.SERVER)
    there: set[str] = set()
    receipts = [clinic.run(card).receipt]
    clinic.workplace.server.lacking = lambda sha256s: len(set(sha256s) - there)
    first = clinic.run(card)
    receipts.append(first.receipt)
    for receipt in receipts:
        assert receipt is not None
        assert (receipt["all_safe"], receipt["not_on_server"]) == (True, 15)
        assert "Do not format the card yet" in receipt["statement"]
        assert receipt["statement"].endswith("on the clinic server; 15 are not there yet.")
        assert check_receipt(receipt, clinic.keeper.key.public, clinic.workplace.keyset.clinic_id).holds
    there |= {one.sha256 for one in first.outcomes}
    last = clinic.run(card).receipt
    assert last is not None
    assert "may be formatted" in last["statement"]
    assert len(msgspec.msgpack.decode(bytes.fromhex(last["record"]))) == 15, "as released programs read it"


def set_policy(clinic: Clinic, when: EraseWhen) -> None:
    clinic.workplace.catalog.set_setting(clinic.workplace.change("policy"), "erase_card_when", when)


def test_what_was_deleted_on_purpose_is_not_taken_in_and_not_erased_until_asked(clinic: Clinic, card: Path) -> None:
    gone = card / "DCIM/100CANON/IMG_0005.JPG"
    content = clinic.workplace.content_id(_sha256(gone))
    clinic.workplace.catalog.record_content([KnownContent(content, ContentState.DELETED, "", "a" * 32, "b" * 32)])
    result = clinic.run(card)
    (one,) = [outcome for outcome in result.outcomes if outcome.name == "DCIM/100CANON/IMG_0005.JPG"]
    assert one.state is FileState.DUPLICATE
    assert "on purpose" in one.reason
    assert result.receipt is not None
    assert not result.receipt["all_safe"]
    assert "1 was deleted from PhotoDesk on purpose" in result.receipt["statement"]
    assert result.exit_code == 0
    erased = clinic.service().closing.erase(result, [card])
    assert [(one["name"], one["reason"]) for one in erased if not one["erased"]] == [
        ("DCIM/100CANON/IMG_0005.JPG", DELETED_BEFORE)
    ]
    after = clinic.run(card, again=True)
    assert after.counts["filed"] == 1
    assert clinic.chart.original_bytes(after.outcomes[0].photo_id) == gone.read_bytes()


def _sha256(path: Path) -> str:
    from hashlib import sha256

    return sha256(path.read_bytes()).hexdigest()


def test_a_card_protected_against_writing_is_said_and_nothing_goes(
    clinic: Clinic, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = clinic.run(card)
    monkeypatch.setattr(os, "access", lambda *_: False)
    erased = clinic.service().closing.erase(result, [card])
    assert {one["reason"] for one in erased} == {PROTECTED}
    assert not clinic.keeper.actions(Action.DELETE)
