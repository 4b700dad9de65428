"""What a DICOM file says about its picture: when, with which camera, at which scale, and of whom.

Read in a decoder for DICOM only. An element that is missing, broken or absurd is left out, never guessed.
Source: DICOM PS3.3 C.7.1.1 (Patient), C.7.6.1 (General Image), C.8.12.1 and group 0016 (VL Photographic), C.12.1.1.2.
"""

from __future__ import annotations

import re

from pydicom import Dataset

from photodesk.imaging.metadata import MALFORMED, integer, positive, text
from photodesk.photos import CameraTime, CaptureFacts, IdentityInFile, PhotoFacts

_MEDIA_TYPE = "application/dicom"
_DATE = re.compile(r"^(\d{4})[.\-]?(\d{2})[.\-]?(\d{2})")
_TIME = re.compile(r"^(\d{2}):?(\d{2}):?(\d{2})?")
_MOMENT = re.compile(r"^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?")


def facts_of(dataset: Dataset) -> PhotoFacts:
    """Everything but the pixels' extent."""
    return PhotoFacts(
        _MEDIA_TYPE,
        camera_time=camera_time(dataset),
        capture=_capture(dataset),
        pixel_spacing_mm=_spacing(dataset),
        identity=_identity(dataset),
        modality=text(element(dataset, "Modality")),
    )


def element(dataset: Dataset, name: str) -> object:
    """The value of an element by its keyword; None where it is missing, empty or cannot be read."""
    try:
        value: object = dataset.get(name)
    except (*MALFORMED, RuntimeError):
        return None
    return None if value is None or str(value) == "" else value


def camera_time(dataset: Dataset) -> CameraTime | None:
    """When the picture was taken, as wall time; the offset that DICOM may add is left out, as with other cameras."""
    moment = _MOMENT.match(str(element(dataset, "AcquisitionDateTime") or ""))
    if moment:
        year, month, day, hour, minute, second = moment.groups()
        written = CameraTime.parse(f"{year}:{month}:{day} {hour}:{minute}:{second or '00'}")
        if written:
            return written
    for kind in ("Acquisition", "Content"):
        date = _DATE.match(str(element(dataset, f"{kind}Date") or ""))
        time = _TIME.match(str(element(dataset, f"{kind}Time") or ""))
        if date and time:
            hour, minute, second = time.groups()
            return CameraTime.parse(f"{':'.join(date.groups())} {hour}:{minute}:{second or '00'}")
    return None


def _capture(dataset: Dataset) -> CaptureFacts:
    fired = integer(element(dataset, "FlashFiringStatus"))
    return CaptureFacts(
        make=text(element(dataset, "Manufacturer")),
        model=text(element(dataset, "ManufacturerModelName")),
        lens=text(element(dataset, "LensModel")),
        focal_length_mm=positive(element(dataset, "FocalLength")),
        focal_length_35mm=positive(element(dataset, "FocalLengthIn35mmFilm")),
        exposure_s=positive(element(dataset, "ExposureTimeInSeconds")),
        f_number=positive(element(dataset, "FNumber")),
        iso=integer(element(dataset, "PhotographicSensitivity")) or integer(element(dataset, "ISOSpeed")) or None,
        subject_distance_m=positive(element(dataset, "SubjectDistance")),
        flash=None if fired is None else fired == 1,
        has_gps=element(dataset, "GPSLatitude") is not None or element(dataset, "GPSLongitude") is not None,
    )


def _spacing(dataset: Dataset) -> tuple[float, float] | None:
    """Height and width of a pixel in mm (Pixel Spacing, PS3.3 C.7.6.2.1.1: row spacing first)."""
    value = element(dataset, "PixelSpacing")
    try:
        height, width = (positive(part) for part in value)  # type: ignore[attr-defined]
    except MALFORMED:
        return None
    return (height, width) if height and width else None


def _identity(dataset: Dataset) -> IdentityInFile:
    born = _DATE.match(str(element(dataset, "PatientBirthDate") or ""))
    return IdentityInFile(
        name=_name(element(dataset, "PatientName")),
        record_number=text(element(dataset, "PatientID")),
        born="-".join(born.groups()) if born else "",
    )


def _name(written: object) -> str:
    """`Family, Given`, and after it in brackets how it is written in its own script, where the file has both."""
    try:
        spellings = [
            ", ".join(filter(None, map(text, one.split("^")[:2]))) for one in str(written or "").split("=")[:2]
        ]
    except MALFORMED:
        return ""
    spellings = [one for one in spellings if one]
    return spellings[0] + (f" ({spellings[1]})" if len(spellings) > 1 else "") if spellings else ""
