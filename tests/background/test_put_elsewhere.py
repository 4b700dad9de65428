"""Sealed parts at an address that the server named: HTTPS only, without a token, and never further than that."""

from __future__ import annotations

import functools

import httpx2 as httpx
import pytest

from photodesk.background import clinic_http
from photodesk.errors import Fixable, Refused

ADDRESS = "https://bucket.example/part?X-Amz-Signature=abc"


def answering(monkeypatch: pytest.MonkeyPatch, status: int) -> list[httpx.Request]:
    """Requests that were made, each answered so."""
    made: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        made.append(request)
        return httpx.Response(status, headers={"Location": "https://elsewhere.example/"})

    client = functools.partial(httpx.Client, transport=httpx.MockTransport(answer))
    monkeypatch.setattr(clinic_http.httpx, "Client", client)
    return made


def test_only_the_bytes_go_there(monkeypatch: pytest.MonkeyPatch) -> None:
    made = answering(monkeypatch, 200)
    clinic_http.put_elsewhere(ADDRESS, b"sealed")
    assert [(one.method, str(one.url), one.content) for one in made] == [("PUT", ADDRESS, b"sealed")]
    assert not {"authorization", "cookie"} & set(made[0].headers)


def test_nobody_is_followed_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    made = answering(monkeypatch, 307)
    with pytest.raises(Fixable):
        clinic_http.put_elsewhere(ADDRESS, b"sealed")
    assert len(made) == 1


@pytest.mark.parametrize(
    "address",
    ["http://bucket.example/part", "file:///etc/passwd", "https://", "https:///x", "//bucket.example/", "", "https://[",
     "https://token@bucket.example/"],
)  # fmt: skip
def test_any_other_address_is_refused_before_a_byte(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    made = answering(monkeypatch, 200)
    with pytest.raises(Refused, match="not a clinic server's"):
        clinic_http.put_elsewhere(address, b"sealed")
    assert not made
