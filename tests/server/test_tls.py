"""The server's own certificate is renewed over the same key, so that the pin stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from photodesk.server import tls


def test_a_certificate_that_ends_soon_is_made_anew_over_the_same_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tls.certificate_in(tmp_path, "localhost")
    shown = first.certificate.read_bytes()
    assert tls.certificate_in(tmp_path, "localhost").certificate.read_bytes() == shown
    monkeypatch.setattr(tls, "RENEWED", tls.timedelta(days=366 * tls.YEARS))
    again = tls.certificate_in(tmp_path, "localhost")
    assert again.certificate.read_bytes() != shown
    assert again.pin == first.pin
    again.context()
