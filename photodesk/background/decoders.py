"""The pool of decoder processes: the only way untrusted picture bytes become pixels."""

from __future__ import annotations

from photodesk.imaging.decoded import Decoded, Decoder

__all__ = ["Decoded", "Decoder", "DecoderPool"]


class DecoderPool:
    """`size` decoder processes, each one picture at a time; dead and hung ones are replaced. Thread-safe."""

    def __init__(self, size: int = 2) -> None:
        self._size = size

    def decode(self, data: bytes | bytearray | memoryview | int, long_edge_px: int | None = None) -> Decoded:
        """See `imaging.Decoder.decode`."""
        raise ConnectionError(self._size, data, long_edge_px)

    def close(self) -> None:
        """End every decoder; waiting calls raise `Fixable("decoder_closed")`."""

    def __enter__(self) -> DecoderPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
