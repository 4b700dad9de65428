"""One-time codes against RFC 6238, appendix B, and RFC 4226, appendix D."""

from __future__ import annotations

import pytest

from photodesk.crypto.totp import one_time_code, time_step

_SEED = b"1234567890"
_SECRETS = {"sha1": (_SEED * 2), "sha256": (_SEED * 4)[:32], "sha512": (_SEED * 7)[:64]}
_RFC_6238 = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]
_RFC_4226 = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]


@pytest.mark.parametrize(("second", "sha1", "sha256", "sha512"), _RFC_6238)
def test_rfc_6238(second: int, sha1: str, sha256: str, sha512: str) -> None:
    step = time_step(second * 1000)
    for digest, code in (("sha1", sha1), ("sha256", sha256), ("sha512", sha512)):
        assert one_time_code(_SECRETS[digest], step, 8, digest) == code


def test_rfc_4226_six_digits() -> None:
    assert [one_time_code(_SECRETS["sha1"], counter) for counter in range(10)] == _RFC_4226
