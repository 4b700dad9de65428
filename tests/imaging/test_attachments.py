"""Files beside photos: told by their bytes, each with a plain reason; what ties a Live Photo together."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from photodesk.background.decoders import DecoderPool
from photodesk.imaging import sniff
from photodesk.imaging.attachments import LIVE_PHOTO_VIDEO, still_content_identifier, video_facts
from photodesk.importing.finishing import take_in
from photodesk.photos import PhotoFacts

CONTENT_ID = "570F1469-09C7-4E50-9875-05F21D5BD166"


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def live_video(content_id: str = CONTENT_ID, keys_before: int = 1) -> bytes:
    """What an iPhone lays beside a still: `ftyp`, data, then `moov` with its metadata."""
    names = [b"com.apple.quicktime.make"] * keys_before + [b"com.apple.quicktime.content.identifier"]
    keys = bytes(4) + struct.pack(">I", len(names)) + b"".join(box(b"mdta", name) for name in names)
    values = [b"Apple"] * keys_before + [content_id.encode()]
    items = b"".join(
        box(struct.pack(">I", at + 1), box(b"data", struct.pack(">II", 1, 0) + value))
        for at, value in enumerate(values)
    )
    meta = box(b"meta", box(b"hdlr", bytes(24)) + box(b"keys", keys) + box(b"ilst", items))
    return (
        box(b"ftyp", b"qt  " + bytes(4) + b"qt  ")
        + box(b"mdat", bytes(500))
        + box(b"moov", box(b"mvhd", bytes(100)) + meta)
    )


@pytest.mark.parametrize(
    ("head", "media_type", "reason"),
    [
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video/quicktime", "The file is a video, not a photo."),
        (b"\0\0\0\x08wide\0\0\x10\0mdat", "video/quicktime", "The file is a video, not a photo."),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "video/mp4", "The file is a video, not a photo."),
        (b"RIFF\x10\0\0\0AVI LIST", "video/x-msvideo", "The file is a video, not a photo."),
        ((b"\0\0\0\0\x47" + bytes(187)) * 8, "video/mp2t", "The file is a video, not a photo."),
        ((b"\x47" + bytes(187)) * 8, "video/mp2t", "The file is a video, not a photo."),
        (b"RIFF\x10\0\0\0WAVEfmt ", "audio/x-wav", "A sound recording, kept as it is."),
        (
            b"<?xpacket begin='\xef\xbb\xbf' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>",
            "application/rdf+xml",
            "An XMP sidecar with a photo's settings, kept as it is.",
        ),
        (
            b'\xef\xbb\xbf<?xml version="1.0"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">',
            "application/rdf+xml",
            "An XMP sidecar with a photo's settings, kept as it is.",
        ),
        (
            b'<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"><plist version="1.0">',
            "application/x-apple-plist",
            "A sidecar with edits made on the phone (AAE), kept as it is.",
        ),
        (b"bplist00\xd4", "application/x-apple-plist", "A sidecar with edits made on the phone (AAE), kept as it is."),
        ("Größe: 3 mm\r\n".encode(), "text/plain", "A text file, kept as it is."),
        (b"%PDF-1.7", "application/pdf", "A PDF document, kept as it is."),
        (b"\x00\x01\x02\x03 catalogue", "application/octet-stream", "The file is no picture PhotoDesk knows."),
    ],
)
def test_told_by_its_bytes(pool: DecoderPool, head: bytes, media_type: str, reason: str) -> None:
    assert sniff(head[:4096]) == media_type
    assert pool.decode(head).facts == PhotoFacts(media_type, undecodable=reason)


def test_text_is_no_more_than_text() -> None:
    long = "Ä" * 3000
    assert sniff(long.encode()[:4096]) == "text/plain", "a letter cut in two at the head's end"
    assert sniff(long.encode()[:4095]) == "text/plain"
    assert sniff(b"plain\x1b[31m") == "application/octet-stream"
    assert sniff(b"\xff" * 100) == "application/octet-stream"


def test_a_live_photo_is_told_by_its_video(pool: DecoderPool) -> None:
    facts = pool.decode(live_video()).facts
    assert (facts.media_type, facts.live_photo_id) == ("video/quicktime", CONTENT_ID)
    assert facts.undecodable == LIVE_PHOTO_VIDEO


def test_an_importer_asks_a_decoder_about_short_videos_only() -> None:
    video = live_video()
    assert take_in(iter((video,)), len(video), "IMG_0001.MOV") == video
    long = take_in(iter((video,)), 3 << 30, "IMG_0002.MOV")
    assert isinstance(long, PhotoFacts)
    assert long.undecodable


def test_a_cameras_small_picture_of_its_video_is_no_photo() -> None:
    kept = take_in(iter((b"\xff\xd8\xff\xe0",)), 4, "100CANON/MVI_0001.THM")
    assert isinstance(kept, PhotoFacts)
    assert "THM" in kept.undecodable


def test_wild_videos_have_no_identifier() -> None:
    whole = live_video()
    plain = PhotoFacts("video/quicktime")
    for end in range(0, len(whole), 7):
        assert video_facts(whole[:end], plain).live_photo_id in {"", CONTENT_ID, CONTENT_ID[: len(CONTENT_ID) - 1]} or (
            CONTENT_ID.startswith(video_facts(whole[:end], plain).live_photo_id)
        )
    for at in range(0, len(whole), 5):
        broken = bytearray(whole)
        broken[at : at + 4] = b"\xff\xff\xff\xff"
        assert len(video_facts(bytes(broken), plain).live_photo_id) <= 80
    assert video_facts(box(b"moov", b"") + b"\0\0\0\0moov", plain).live_photo_id == ""


def test_the_stills_side_is_in_apples_maker_note() -> None:
    text = CONTENT_ID.encode() + b"\0"
    note = b"Apple iOS\0\0\x01MM" + struct.pack(">H", 1) + struct.pack(">HHII", 17, 2, len(text), 32) + bytes(4)
    assert len(note) == 32
    assert still_content_identifier(note + text) == CONTENT_ID
    for wild in (b"", b"Nikon", note[:20], b"Apple iOS\0\0\x01MM\xff\xff", None, 7):
        assert still_content_identifier(wild) == ""


@pytest.mark.real
def test_real_stills_know_their_live_photo(real_files: Path, pool: DecoderPool) -> None:
    assert pool.decode((real_files / "card/heic/IMG_5195.HEIC").read_bytes(), 200).facts.live_photo_id == CONTENT_ID
    motion = pool.decode((real_files / "card/heic/samsung-one-ui-6.heic").read_bytes(), 200)
    assert motion.pixels is not None, "a picture with a video behind it is a photo"
