"""The one door out: photos that leave PhotoDesk, stripped by allow-list, checked, and logged before the first byte.

A *disclosure* is leave to hand out named photos; `desk.disclosure` gives it against a durable `EXPORT` entry, and
everything here needs one. What is written is encoded anew from a decoder's pixels, upright, sRGB, without metadata;
the written file is read back and checked, and deleted where it is not what it should be. Originals leave only when
asked for as such. Not done: consent (the entry names purpose and recipient), masking, encryption for a recipient.

Dependency: `pillow`, because it writes JPEG and PNG with nothing in them that was not asked for; what it wrote is
read back all the same.
"""

from photodesk.export.attachments import export_attachments
from photodesk.export.lettering import Words, lettered
from photodesk.export.names import check_typed, comparison_name, file_name
from photodesk.export.photos import Exported, ExportItem, check_ending, export_comparison, export_photos
from photodesk.export.stripped import write_jpeg, write_pdf, write_png

__all__ = [
    "ExportItem",
    "Exported",
    "Words",
    "check_ending",
    "check_typed",
    "comparison_name",
    "export_attachments",
    "export_comparison",
    "export_photos",
    "file_name",
    "lettered",
    "write_jpeg",
    "write_pdf",
    "write_png",
]
