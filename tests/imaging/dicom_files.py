"""Small DICOM files, written for tests: whole ones, and ones made to harm."""

from __future__ import annotations

import io
import struct
from typing import Any

from pydicom import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, VLPhotographicImageStorage


def dicom(
    pixels: bytes,
    width: int,
    height: int,
    interpretation: str = "RGB",
    syntax: UID = ExplicitVRLittleEndian,
    bits: int = 8,
    **elements: Any,
) -> bytes:
    """One file; `elements` replace or add by keyword, None leaves one out. Compressed `pixels` are one frame."""
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = VLPhotographicImageStorage, "1.2.3.4"
    dataset.Modality, dataset.Rows, dataset.Columns = "XC", height, width
    dataset.SamplesPerPixel = 3 if interpretation[:3] in {"RGB", "YBR"} else 1
    dataset.PhotometricInterpretation = interpretation
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = (8 if bits <= 8 else 16), bits, bits - 1
    dataset.PixelRepresentation = 0
    if dataset.SamplesPerPixel == 3:
        dataset.PlanarConfiguration = 0
    dataset.PixelData = encapsulate([pixels]) if syntax.is_compressed and syntax.is_encapsulated else pixels
    dataset["PixelData"].VR = "OB" if bits <= 8 else "OW"
    for name, value in elements.items():
        if value is None:
            delattr(dataset, name)
        else:
            setattr(dataset, name, value)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    written = io.BytesIO()
    dataset.save_as(written, enforce_file_format=True)
    return written.getvalue()


def nested(depth: int) -> bytes:
    """Sequences within sequences, `depth` levels, each of undefined length (PS3.5 §7.5)."""
    head = dicom(b"\0" * 12, 2, 2)
    opening = struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    return head + opening * depth


def claiming(width: int, height: int, frames: str | None = None) -> bytes:
    """A file that says it is larger than its twelve bytes of pixels."""
    return dicom(b"\0" * 12, width, height, NumberOfFrames=frames) if frames else dicom(b"\0" * 12, width, height)
