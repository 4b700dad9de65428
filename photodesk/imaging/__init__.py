"""From a camera's file to upright sRGB pixels and plain facts, where the file can do no harm.

*Decoding* turns untrusted bytes into pixels and happens only in a decoder process (`decoder_process`), which holds no
key and has closed its `sandbox` before it sees the first byte: no network, no files, no other program, memory and time
limits. *Renditions* are encoded outside of it, from its pixels, and are the only pictures a desk decodes itself.

Guarantees: the original's bytes are never changed; orientation is applied exactly once; an embedded ICC profile is
converted to sRGB (perceptual, black point compensated); a refusal is a plain sentence that names the limit.
Codes are read only where they are asked for; what they say is never more than the word of who printed them.
Does not: develop RAW to taste, read videos, judge a file by its name.

Dependencies: `pillow` reads most formats and, with LittleCMS, converts colour; `pillow-heif` adds the phones' HEIC with
ten bits; `rawpy` is LibRaw, which knows the cameras; `simplejpeg` is libjpeg-turbo straight into an array, the fastest
way for the format nearly every file has; OpenCV shrinks by area, without moiré; `pydicom` parses DICOM and unpacks its
native and RLE pixels; `zxing-cpp` reads codes, without files and threads.
"""

from photodesk.imaging.decoded import Decoded, Decoder, Pixels
from photodesk.imaging.media_types import sniff
from photodesk.imaging.renditions import encode, encode_jpeg, jpeg_pixels, shrink

__all__ = ["Decoded", "Decoder", "Pixels", "encode", "encode_jpeg", "jpeg_pixels", "shrink", "sniff"]
