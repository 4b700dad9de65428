"""What a file is, by its bytes and never by its name."""

from __future__ import annotations

HEAD_BYTES = 4096
UNKNOWN = "application/octet-stream"
DICOM = "application/dicom"
VIDEO_THUMBNAIL = "image/x-video-thumbnail"

STILL_PICTURES = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/webp",
        "image/heic",
        "image/heif",
        "image/x-adobe-dng",
        "image/x-canon-cr2",
        "image/x-canon-cr3",
        "image/x-canon-crw",
        "image/x-nikon-nef",
        "image/x-sony-arw",
        "image/x-fuji-raf",
        "image/x-olympus-orf",
        "image/x-panasonic-rw2",
        DICOM,
    }
)
"""What a decoder is asked for. Everything else is kept as it is, without a preview."""

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"FUJIFILMCCD-RAW", "image/x-fuji-raf"),
    (0, b"IIU\0", "image/x-panasonic-rw2"),
    (0, b"IIRO", "image/x-olympus-orf"),
    (0, b"IIRS", "image/x-olympus-orf"),
    (0, b"MMOR", "image/x-olympus-orf"),
    (0, b"\x08\0\0\0\x04\0\0\0", DICOM),  # ACR-NEMA: the length of group 8 first
    (6, b"HEAPCCDR", "image/x-canon-crw"),
    (128, b"DICM", DICOM),
    (0, b"GIF8", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"bplist00", "application/x-apple-plist"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (0, b"\x00\x00\x01\xba", "video/mpeg"),
    (0, b"\x00\x00\x01\xb3", "video/mpeg"),
)

_BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic",
    b"hevx": "image/heic",
    b"mif1": "image/heif",
    b"mif2": "image/heif",
    b"msf1": "image/heif",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"crx ": "image/x-canon-cr3",
    b"qt  ": "video/quicktime",
}
_VIDEO_BRANDS = (b"iso", b"mp4", b"avc", b"M4V", b"3gp", b"3g2", b"mmp4", b"MSNV", b"dash", b"f4v", b"XAVC", b"caqv")


def sniff(head: bytes) -> str:
    """The media type told by a file's first bytes (`HEAD_BYTES` are enough); `application/octet-stream` if unknown.

    TIFF-based RAW files are told by their own signatures, where they have one, and by the maker written inside.
    """
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if head[:4] == b"RIFF":
        kinds = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/x-wav"}
        return kinds.get(head[8:12], UNKNOWN)
    for at, magic, media_type in _MAGIC:
        if head[at : at + len(magic)] == magic:
            return media_type
    if head[:4] in {b"II*\0", b"MM\0*"}:
        return _tiff(head)
    return _without_signature(head)


def sniff_whole(data: bytes) -> str:
    """The same for all bytes of a file: some write a TIFF's directory behind its pixels, where no head shows it."""
    told = sniff(data[:HEAD_BYTES])
    if told != "image/tiff":
        return told
    tags = _first_directory(data)
    if 50706 in tags:
        return "image/x-adobe-dng"
    maker = data[tags[271] : tags[271] + 16].upper() if 271 in tags else b""
    if tags.get(254) == 1 or 330 in tags:
        kinds = {b"NIKON": "image/x-nikon-nef", b"SONY": "image/x-sony-arw"}
        return next((kind for name, kind in kinds.items() if maker.startswith(name)), told)
    return told


def is_still_picture(media_type: str) -> bool:
    """Whether a decoder should be asked for this type."""
    return media_type in STILL_PICTURES


def _iso_media(head: bytes) -> str:
    """ISO base media: the major brand, then the compatible ones where the major says little (`mif1`, `msf1`)."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    compatible = [head[at : at + 4] for at in range(16, max(16, length - 3), 4)]
    known = _BRANDS.get(major)
    if known == "image/heif":
        return next((kind for kind in map(_BRANDS.get, compatible) if kind in {"image/heic", "image/avif"}), known)
    return known or ("video/mp4" if any(major.startswith(brand) for brand in _VIDEO_BRANDS) else UNKNOWN)


def _without_signature(head: bytes) -> str:
    """What is told by its structure: QuickTime's first box, transport streams' rhythm, bare DICOM, text.

    AVCHD (`.MTS`) puts four bytes before each packet of 188 (ISO/IEC 13818-1 §2.4.3; BDAV). DICOM without its
    preamble starts with an element of group 2 or 8 (PS3.5 §7.1).
    """
    if head[4:8] in {b"moov", b"mdat", b"wide", b"pnot"}:
        return "video/quicktime"
    for first, packet in ((0, 188), (4, 192)):
        if len(head) > first + 3 * packet and all(head[first + turn * packet] == 0x47 for turn in range(4)):
            return "video/mp2t"
    if head[:4] in {b"\x02\0\0\0", b"\x08\0\x05\0", b"\x08\0\x08\0", b"\x08\0\x16\0"} and len(head) > 64:
        kind = head[4:6]
        if kind in {b"UL", b"CS", b"UI"} or int.from_bytes(head[4:8], "little") < 256:
            return DICOM
    return _text(head)


def _text(head: bytes) -> str:
    """Sidecars written in XML, other text, or nothing known."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] == b"<":
        if b"adobe:ns:meta" in start or start.startswith(b"<?xpacket"):
            return "application/rdf+xml"
        return "application/x-apple-plist" if b"<!DOCTYPE plist" in start else "text/xml"
    try:
        written = head.decode("utf-8")
    except UnicodeDecodeError as problem:
        if problem.start < len(head) - 4 or not problem.start:
            return UNKNOWN
        written = head[: problem.start].decode("utf-8")
    return "text/plain" if written and all(sign.isprintable() or sign in "\r\n\t" for sign in written) else UNKNOWN


def _tiff(head: bytes) -> str:
    """TIFF, or a RAW file built on it.

    CR2: `CR` at offset 8 (Canon). DNG: tag 50706 in the first directory (DNG 1.7 §Tag). NEF, ARW: the maker's name and
    a directory that describes a reduced-resolution picture first (tag 254 = 1), which no plain TIFF starts with.
    """
    if head[8:10] == b"CR":
        return "image/x-canon-cr2"
    tags = _first_directory(head)
    if 50706 in tags:
        return "image/x-adobe-dng"
    if tags.get(254) == 1 or 330 in tags:
        if b"NIKON" in head:
            return "image/x-nikon-nef"
        if b"SONY" in head:
            return "image/x-sony-arw"
    return "image/tiff"


def _first_directory(head: bytes) -> dict[int, int]:
    """Tags of the first directory with their raw 32-bit value, as far as `head` holds it."""
    order: str = "little" if head[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(head[at : at + size], "little" if order == "little" else "big")

    start = number(4, 4)
    tags: dict[int, int] = {}
    for entry in range(min(number(start, 2), 200) if start + 2 <= len(head) else 0):
        at = start + 2 + 12 * entry
        if at + 12 > len(head):
            break
        tags[number(at, 2)] = number(at + 8, 4)
    return tags
