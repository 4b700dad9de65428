"""DICOM: one frame of a photograph, a dermoscopic picture or a secondary capture to sRGB pixels.

Only a decoder that was started for DICOM imports this (it costs half a second and the dictionary's memory). `pydicom`
parses, and unpacks native and RLE pixels; JPEG (baseline, extended and lossless, each with 8 bits) and JPEG 2000 (also
high-throughput) go through Pillow's libjpeg-turbo and OpenJPEG. Several frames are kept, not shown.

Source: DICOM PS3.3 C.7.6.3 (Image Pixel), C.11.1 and C.11.2 (Modality LUT, VOI LUT), PS3.5 §8 and A.4 (encapsulation).
"""

from __future__ import annotations

import io
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydicom import Dataset, config, dcmread
from pydicom.charset import python_encoding
from pydicom.encaps import generate_frames
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi, convert_color_space
from pydicom.uid import (
    HTJ2K,
    UID,
    DeflatedExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000TransferSyntaxes,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGTransferSyntaxes,
    MPEGTransferSyntaxes,
)

from photodesk.imaging import colour, limits
from photodesk.imaging.decoded import Pixels
from photodesk.imaging.dicom_facts import element, facts_of
from photodesk.imaging.limits import Undecodable
from photodesk.imaging.metadata import MALFORMED, integer
from photodesk.imaging.renditions import shrink
from photodesk.photos import PhotoFacts

DAMAGED = "The DICOM file is damaged."
_META_BYTES = 4096
_INFLATED_PIECE_BYTES = 16 << 20
_Samples = npt.NDArray[Any]
_JPEG_2000 = frozenset({*JPEG2000TransferSyntaxes, HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K})
_JPEG = frozenset(JPEGTransferSyntaxes)
_BROKEN = (*MALFORMED, EOFError, RuntimeError)


def prepare() -> None:
    """Load what pydicom would load later, when no file can be opened any more."""
    config.settings.reading_validation_mode = config.IGNORE
    for encoding in set(python_encoding.values()):
        "a".encode(encoding).decode(encoding)


def read(data: bytes) -> tuple[Dataset, PhotoFacts]:
    """The parsed file and its facts. `Undecodable` for what is no DICOM; also RecursionError's nested sequences."""
    _check_inflated(data)
    try:
        dataset = dcmread(io.BytesIO(data), force=True)
        return dataset, facts_of(dataset)
    except MemoryError:
        raise
    except Exception as problem:  # pydicom raises anything on hostile bytes
        raise Undecodable(DAMAGED) from problem


def _check_inflated(data: bytes) -> None:
    """Refuse a deflated file that unpacks to more than a file may hold (PS3.5 A.5), before it is unpacked whole."""
    if DeflatedExplicitVRLittleEndian.encode("ascii") not in data[:_META_BYTES]:
        return
    if data[132:140] != b"\x02\0\0\0UL\x04\0":
        raise Undecodable(DAMAGED)
    inflater, left, total = (
        zlib.decompressobj(-zlib.MAX_WBITS),
        data[144 + int.from_bytes(data[140:144], "little") :],
        0,
    )
    try:
        while left and not inflater.eof:
            total += len(inflater.decompress(left, _INFLATED_PIECE_BYTES))
            left = inflater.unconsumed_tail
            if total > limits.FILE_BYTES:
                raise Undecodable("The DICOM file unpacks to more than 512 MB, the limit for decoding.")
    except zlib.error as problem:
        raise Undecodable(DAMAGED) from problem


def pixels_of(dataset: Dataset, long_edge_px: int | None) -> tuple[Pixels, tuple[int, int], str]:
    """Pixels (sRGB), the full (width, height) and the colour profile's name; `Undecodable` with the reason."""
    _check(dataset)
    try:
        samples, profile = _samples(dataset)
        height, width = samples.shape[:2]
        limits.check_pixels(width, height)
        pixels = shrink(_eight_bits(dataset, samples), long_edge_px or max(width, height))
        written = element(dataset, "ICCProfile")
        pixels, name = colour.pixels_to_srgb(pixels, written if isinstance(written, bytes) else profile)
    except _BROKEN as problem:
        raise Undecodable("The picture data in the DICOM file is damaged or incomplete.") from problem
    return pixels, (width, height), name


def _check(dataset: Dataset) -> None:
    """Refuse what holds no single picture, before anything is unpacked."""
    if not any(name in dataset for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        raise Undecodable("The DICOM file holds no picture.")
    if "TransferSyntaxUID" not in dataset.file_meta:
        raise Undecodable("The DICOM file does not say how its picture is written.")
    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax in MPEGTransferSyntaxes or "video" in syntax.name.lower() or "mpeg" in syntax.name.lower():
        raise Undecodable("The DICOM file holds a video, not a photo.")
    frames = integer(element(dataset, "NumberOfFrames")) or 1
    if frames > 1:
        raise Undecodable(f"The DICOM file holds several frames ({frames}), not one photo.")
    limits.check_pixels(integer(element(dataset, "Columns")) or 0, integer(element(dataset, "Rows")) or 0)
    if integer(element(dataset, "SamplesPerPixel")) not in {1, 3}:
        raise Undecodable("The DICOM file's colours are of no kind PhotoDesk knows.")


def _samples(dataset: Dataset) -> tuple[_Samples, bytes | None]:
    """(height, width) or (height, width, 3) in RGB, of the file's depth; the profile inside a compressed picture."""
    syntax: UID = dataset.file_meta.TransferSyntaxUID
    if syntax in _JPEG or syntax in _JPEG_2000:
        return _from_pillow(dataset, syntax)
    try:
        decoder = get_decoder(syntax)
    except RuntimeError as problem:  # pydicom knows the name, or not even that
        raise Undecodable(f"The DICOM file's compression ({syntax.name}) is not one PhotoDesk can read.") from problem
    if not decoder.is_available:
        raise Undecodable(f"The DICOM file's compression ({syntax.name}) is not one PhotoDesk can read.")
    samples, described = decoder.as_array(dataset, index=0)
    if str(described.get("photometric_interpretation", "")).startswith("YBR"):
        samples = convert_color_space(samples, "YBR_FULL", "RGB")
    return samples, None


def _from_pillow(dataset: Dataset, syntax: UID) -> tuple[_Samples, bytes | None]:
    """What a JPEG says about its own colours counts more than the elements around it, which are wrong more often.

    Only a JPEG that says nothing (neither JFIF nor Adobe marker) is taken as what Photometric Interpretation says.
    """
    frame = next(generate_frames(dataset.PixelData, number_of_frames=1))
    interpretation = str(element(dataset, "PhotometricInterpretation") or "")
    kinds = ("JPEG2000",) if syntax in _JPEG_2000 else ("JPEG",)
    try:
        picture: Image.Image = Image.open(io.BytesIO(frame), formats=kinds)
    except OSError as problem:  # libjpeg-turbo reads samples of 8 bits only
        depth = integer(element(dataset, "BitsStored")) or 8
        if depth > 8 and kinds == ("JPEG",):
            raise Undecodable(f"The DICOM file's JPEG has {depth} bits a colour, which cannot be shown.") from problem
        raise
    limits.check_pixels(*picture.size)
    silent = not {"jfif", "adobe"} & picture.info.keys()
    untransformed = syntax in {JPEGBaseline8Bit, JPEGExtended12Bit} and silent and interpretation == "RGB"
    if untransformed:
        picture.draft("YCbCr", picture.size)
    picture.load()
    profile = picture.info.get("icc_profile")
    if not untransformed and picture.mode not in {"L", "RGB", "I;16", "I;16L", "I;16B"}:
        picture = picture.convert("RGB")
    samples: _Samples = np.asarray(picture)
    if samples.dtype != np.uint8:
        samples = _true_depth(dataset, samples)
    if syntax in _JPEG_2000 and interpretation in {"YBR_FULL", "YBR_FULL_422"} and samples.ndim == 3:
        samples = convert_color_space(samples, "YBR_FULL", "RGB")
    return samples, bytes(profile) if profile else None


def _true_depth(dataset: Dataset, samples: _Samples) -> _Samples:
    """Deep greys as stored: Pillow stretches them to 16 bits and lifts signed ones above zero."""
    depth = min(integer(element(dataset, "BitsStored")) or 16, 16)
    values = samples.astype(np.int32) >> (16 - depth)
    return values - (1 << (depth - 1)) if element(dataset, "PixelRepresentation") == 1 else values


def _eight_bits(dataset: Dataset, samples: _Samples) -> Pixels:
    if str(element(dataset, "PhotometricInterpretation") or "").startswith("PALETTE") and samples.ndim == 2:
        return _narrow(apply_color_lut(samples, dataset)[:, :, :3], None)
    if samples.ndim == 3:
        return _narrow(samples, integer(element(dataset, "BitsStored")))
    grey = _windowed(dataset, samples)
    if element(dataset, "PhotometricInterpretation") == "MONOCHROME1":
        grey = 255 - grey
    return np.repeat(grey[:, :, None], 3, axis=2)


def _narrow(colours: _Samples, depth: int | None) -> Pixels:
    """Colours of up to 16 bits to 8. A palette's depth is told by its values: half of them are written wrongly."""
    if colours.dtype == np.uint8:
        return np.ascontiguousarray(colours)
    if depth is None:
        depth = 16 if colours.max(initial=0) > 255 else 8
    return np.ascontiguousarray(colours >> max(0, depth - 8)).clip(0, 255).astype(np.uint8)


def _windowed(dataset: Dataset, samples: _Samples) -> Pixels:
    """Greys as the file asks for them to be shown; without such a wish 8 bits as they are, deeper ones stretched."""
    depth = integer(element(dataset, "BitsStored")) or 8
    values = apply_modality_lut(samples, dataset)
    if element(dataset, "VOILUTSequence") is not None:
        table_depth = int(dataset.VOILUTSequence[0].LUTDescriptor[2])
        return _scaled(apply_voi(values, dataset).astype(np.float32), 0, (1 << table_depth) - 1)
    centre, width = (_first(element(dataset, name)) for name in ("WindowCenter", "WindowWidth"))
    if centre is not None and width is not None and width >= 1:
        exact = element(dataset, "VOILUTFunction") == "LINEAR_EXACT"
        low = centre - width / 2 if exact else centre - 0.5 - (width - 1) / 2
        return _scaled(values.astype(np.float32), low, low + max(width if exact else width - 1, 1e-6))
    if values is samples and depth <= 8 and samples.dtype.kind == "u":
        return _scaled(values.astype(np.float32), 0, (1 << depth) - 1)
    known = np.nan_to_num(values.astype(np.float32), posinf=0, neginf=0)
    return _scaled(known, float(known.min(initial=0)), float(known.max(initial=0)))


def _scaled(values: npt.NDArray[np.float32], low: float, high: float) -> Pixels:
    """`low`…`high` to 0…255."""
    stretched = (values - low) * (255 / max(high - low, 1e-6)) + 0.5
    grey: Pixels = np.clip(stretched, 0, 255).astype(np.uint8)
    return grey


def _first(value: Any) -> float | None:
    """A number, or the first of several."""
    try:
        if not isinstance(value, (str, float, int)) and value is not None:
            value = next(iter(value))
        return None if value is None else float(value)
    except (*MALFORMED, StopIteration):
        return None
