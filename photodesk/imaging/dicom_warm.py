"""One small DICOM file through every way of reading pixels, so that nothing is loaded after the sandbox has closed."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from pydicom import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
    VLPhotographicImageStorage,
)

from photodesk.imaging import dicom_decode
from photodesk.imaging.decode import decode

_SIDE = 16


def warm() -> None:
    """Use every kind once; what fails here would fail for a real file too, and says so then."""
    dicom_decode.prepare()
    picture = Image.new("RGB", (_SIDE, _SIDE), "salmon")
    for syntax, kind in ((JPEGBaseline8Bit, "JPEG"), (JPEG2000Lossless, "JPEG2000")):
        written = io.BytesIO()
        picture.save(written, kind)
        _read(_file(syntax, encapsulate([written.getvalue()]), "RGB"))
    for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian):
        for interpretation in ("RGB", "YBR_FULL", "YBR_FULL_422", "MONOCHROME1", "PALETTE COLOR"):
            _read(_file(syntax, bytes(_SIDE * _SIDE * 3), interpretation))
    runs = bytes([1, 0, 0, 0, 64, 0, 0, 0]).ljust(64, b"\0") + bytes([129, 7, 129, 7]) * 8
    _read(_file(RLELossless, encapsulate([runs]), "MONOCHROME2"))
    decode(bytes(128) + b"DICM" + bytes(64), None)


def _read(data: bytes) -> None:
    decode(data, None)
    decode(data[:-40], _SIDE)


def _file(syntax: UID, pixels: bytes, interpretation: str) -> bytes:
    """A DICOM file of 16 × 16 pixels with the elements that are read."""
    colours = 3 if interpretation[:3] in {"RGB", "YBR"} else 1
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = VLPhotographicImageStorage, "1.2.3"
    dataset.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    dataset.AcquisitionDateTime, dataset.Modality = "20260101000000", "XC"
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate = "A^B", "1", "20000101"
    dataset.PixelSpacing, dataset.FocalLength = [1, 1], 50
    dataset.Rows = dataset.Columns = _SIDE
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = colours, interpretation
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    if colours == 3:
        dataset.PlanarConfiguration = 0
    if interpretation == "PALETTE COLOR":
        for colour in ("Red", "Green", "Blue"):
            setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 8])
            setattr(dataset, f"{colour}PaletteColorLookupTableData", bytes(range(256)))
    if interpretation == "MONOCHROME1":
        dataset.RescaleSlope, dataset.RescaleIntercept = 1, 0
        table = Dataset()
        table.LUTDescriptor, table.LUTData = [256, 0, 8], np.arange(256, dtype="<u2").tobytes()
        dataset.VOILUTSequence = Sequence([table])
    dataset.PixelData = pixels[: _SIDE * _SIDE * (2 if interpretation.endswith("422") else colours)]
    if syntax in {JPEGBaseline8Bit, JPEG2000Lossless, RLELossless}:
        dataset.PixelData = pixels
    dataset["PixelData"].VR = "OB"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    written = io.BytesIO()
    dataset.save_as(written, enforce_file_format=True)
    return written.getvalue()
