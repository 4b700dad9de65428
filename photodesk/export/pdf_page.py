"""One picture on one page of PDF, written by ourselves: no title, no author, no dates, no identifiers, no program.

PDF 1.4 (ISO 32000-1): a catalog, one page, its content, and the picture as the JPEG it is. There is nothing else in
the file, and reading it back takes nothing but its own layout.
"""

from __future__ import annotations

PAGE_PT = (841.89, 595.28)
MARGIN_PT = 36.0
_HEAD = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
_STREAM, _END = b"stream\n", b"\nendstream\nendobj\n"


def page_of(jpeg: bytes, width_px: int, height_px: int) -> bytes:
    """A page of A4, upright where the picture is taller than wide, with the picture as large as its margins allow."""
    wide, high = PAGE_PT if width_px >= height_px else PAGE_PT[::-1]
    factor = min((wide - 2 * MARGIN_PT) / width_px, (high - 2 * MARGIN_PT) / height_px)
    across, down = width_px * factor, height_px * factor
    left, bottom = (wide - across) / 2, (high - down) / 2
    content = f"q {across:.3f} 0 0 {down:.3f} {left:.3f} {bottom:.3f} cm /P Do Q".encode("ascii")
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {wide:.2f} {high:.2f}] /Contents 4 0 R "
        f"/Resources << /XObject << /P 5 0 R >> >> >>"
    )
    picture = (
        f"<< /Type /XObject /Subtype /Image /Width {width_px} /Height {height_px} /ColorSpace /DeviceRGB "
        f"/BitsPerComponent 8 /Filter /DCTDecode /Length {len(jpeg)} >>\n"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n",
        page.encode("ascii") + b"\nendobj\n",
        f"<< /Length {len(content)} >>\n".encode("ascii") + _STREAM + content + _END,
        picture.encode("ascii") + _STREAM + jpeg + _END,
    ]
    data, places = bytearray(_HEAD), []
    for number, written in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode("ascii") + written
    rows = b"".join(f"{at:010} 00000 n \n".encode("ascii") for at in places)
    count, table = len(objects) + 1, len(data)
    data += f"xref\n0 {count}\n0000000000 65535 f \n".encode("ascii") + rows
    data += f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode("ascii")
    return bytes(data)


def picture_of(pdf: bytes, width_px: int, height_px: int) -> bytes | None:
    """The JPEG of such a page; None where the file is not, byte by byte, the page that picture makes."""
    begin = pdf.find(b"/DCTDecode")
    begin = pdf.find(_STREAM, begin) + len(_STREAM) if begin >= 0 else -1
    end = pdf.rfind(_END)
    if not 0 < begin < end:
        return None
    jpeg = pdf[begin:end]
    return jpeg if page_of(jpeg, width_px, height_px) == pdf else None
