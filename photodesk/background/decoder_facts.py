"""The facts of a process that has seen hostile bytes: lengths, ranges and texts are taken from nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from photodesk.imaging import limits
from photodesk.imaging.decoder_messages import Reply
from photodesk.imaging.media_types import UNKNOWN
from photodesk.photos import CameraTime, CaptureFacts, Code, IdentityInFile, PhotoFacts

TEXT_LENGTH: Final = 200
CODES: Final = 8
CODE_TEXT_LENGTH: Final = 4300


def checked(reply: Reply, long_edge_px: int | None) -> PhotoFacts:
    """The facts of a reply, tamed. Its media type is left to the caller, who has seen the bytes too."""
    facts = reply.facts
    if facts.undecodable:
        return PhotoFacts(
            facts.media_type,
            camera_time=_time(facts.camera_time),
            capture=_capture(facts.capture),
            undecodable=_text(facts.undecodable),
            modality=_text(facts.modality),
            identity=_identity(facts.identity),
            live_photo_id=_text(facts.live_photo_id),
        )
    width, height, edge = reply.width_px, reply.height_px, long_edge_px or limits.PIXELS
    full = facts.width_px, facts.height_px
    if (
        min(width, height, *full) < 1
        or max(width, height) > edge
        or max(width * height, full[0] * full[1]) > limits.PIXELS
    ):
        return PhotoFacts(UNKNOWN, undecodable=limits.CRASHED)
    return replace(
        facts,
        orientation=facts.orientation if 1 <= facts.orientation <= 8 else 1,
        colour_profile=_text(facts.colour_profile),
        camera_time=_time(facts.camera_time),
        capture=_capture(facts.capture),
        codes=_codes(facts.codes),
        modality=_text(facts.modality),
        pixel_spacing_mm=_spacing(facts.pixel_spacing_mm),
        identity=_identity(facts.identity),
        live_photo_id=_text(facts.live_photo_id),
    )


def _codes(codes: tuple[Code, ...]) -> tuple[Code, ...]:
    return tuple(Code(_text(code.symbology), _text(code.text, CODE_TEXT_LENGTH)) for code in codes[:CODES])


def _spacing(written: tuple[float, float] | None) -> tuple[float, float] | None:
    height, width = (_number(side) for side in written) if written else (None, None)
    return (height, width) if height and width else None


def _identity(written: IdentityInFile) -> IdentityInFile:
    return IdentityInFile(_text(written.name), _text(written.record_number), _text(written.born))


def _capture(capture: CaptureFacts) -> CaptureFacts:
    return CaptureFacts(
        make=_text(capture.make),
        model=_text(capture.model),
        lens=_text(capture.lens),
        focal_length_mm=_number(capture.focal_length_mm),
        focal_length_35mm=_number(capture.focal_length_35mm),
        exposure_s=_number(capture.exposure_s),
        f_number=_number(capture.f_number),
        iso=capture.iso if capture.iso is not None and 0 < capture.iso < 1 << 32 else None,
        subject_distance_m=_number(capture.subject_distance_m),
        flash=capture.flash,
        has_gps=capture.has_gps,
        serial=_text(capture.serial),
    )


def _number(value: float | None) -> float | None:
    """Positive, finite and below 10⁷, or unknown."""
    return value if value is not None and 0 < value < 1e7 else None


def _time(written: CameraTime | None) -> CameraTime | None:
    return CameraTime.parse(written.text) if written else None


def _text(text: str, length: int = TEXT_LENGTH) -> str:
    return "".join(letter for letter in text[:length] if letter.isprintable())
