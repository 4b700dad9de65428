"""Figures of a bench: samples become percentiles, two of them a ratio."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Wanted:
    """What the command line asked for; None where the bench decides."""

    photos: int | None = None
    size_mb: float | None = None
    patients: int | None = None
    runs: int | None = None
    data: Path | None = None


@dataclass(frozen=True)
class Figures:
    """Percentiles in ms of one operation, and its rate per second (of what the unit says)."""

    p50: float
    p95: float
    p99: float
    rate: float

    @classmethod
    def of(cls, samples_s: Sequence[float], per_sample: float = 1.0) -> Figures:
        """From durations in s; `per_sample` is how much each of them did."""
        ordered = sorted(samples_s)
        last = len(ordered) - 1
        p50, p95, p99 = (round(ordered[round(share * last)] * 1000, 3) for share in (0.50, 0.95, 0.99))
        return cls(p50, p95, p99, round(per_sample * len(ordered) / sum(ordered), 2))

    def document(self) -> dict[str, float]:
        """As JSON."""
        return {"p50": self.p50, "p95": self.p95, "p99": self.p99, "rate": self.rate}


@dataclass(frozen=True)
class Result:
    """One bench: `ratio` is ours ÷ bare, `unit` says of what and which direction is good."""

    ours: Figures
    bare: Figures
    ratio: float
    unit: str
    n: int
    notes: str
    more: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        ours_s: Sequence[float],
        bare_s: Sequence[float],
        *,
        at: Literal["p50", "p95", "p99", "rate"],
        unit: str,
        n: int,
        notes: str,
        per_sample: float = 1.0,
        more: Mapping[str, Any] | None = None,
    ) -> Result:
        """From both sides' durations in s, compared by the figure `at`; a ratio to nothing is 0."""
        ours, bare = Figures.of(ours_s, per_sample), Figures.of(bare_s, per_sample)
        share = getattr(bare, at)
        return cls(ours, bare, getattr(ours, at) / share if share else 0.0, unit, n, notes, more or {})

    def document(self, name: str) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": name,
            "ours": self.ours.document(),
            "bare": self.bare.document(),
            "ratio": round(self.ratio, 3),
            "unit": self.unit,
            "n": self.n,
            "notes": self.notes,
            **self.more,
        }

    def text(self, name: str) -> str:
        """For a terminal."""
        rows = [
            f"{who:6} p50 {f.p50:10.2f} ms   p95 {f.p95:10.2f} ms   p99 {f.p99:10.2f} ms   {f.rate:12.1f} /s"
            for who, f in (("ours", self.ours), ("bare", self.bare))
        ]
        return "\n".join([f"{name}: {self.ratio:.2f} × ({self.unit}), n = {self.n}", *rows, self.notes])


def timed(work: Callable[..., object], *arguments: object) -> float:
    """How long `work(*arguments)` took, in s."""
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start
