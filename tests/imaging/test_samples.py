"""The small real files that travel with the tests."""

from __future__ import annotations

from pathlib import Path

from photodesk.background.decoders import DecoderPool

SAMPLES = Path(__file__).parent / "samples"


def test_ten_bit_heif(pool: DecoderPool) -> None:
    with (SAMPLES / "ten_bits.heif").open("rb") as file:
        decoded = pool.decode(file.fileno(), 64)
    assert decoded.facts.media_type in {"image/heic", "image/heif"}
    assert decoded.pixels is not None
    assert decoded.pixels.shape == (64, 64, 3)
    assert (decoded.facts.width_px, decoded.facts.height_px) == (128, 128)
    assert not decoded.pixels.flags.writeable


def test_a_cut_heic_is_decoded_or_explained(pool: DecoderPool) -> None:
    decoded = pool.decode((SAMPLES / "truncated.heic").read_bytes(), 64)
    assert (decoded.pixels is None) == bool(decoded.facts.undecodable)


def test_a_camera_photo_held_upright(pool: DecoderPool) -> None:
    decoded = pool.decode((SAMPLES / "orientation_6.jpg").read_bytes())
    assert decoded.facts.orientation == 6
    assert decoded.pixels is not None
