"""Counts for Prometheus: requests by route and status, bytes, seconds. No ids, no content."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """One registry a process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "photodesk_requests_total", "Answers by route and status.", ("route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "photodesk_request_seconds", "How long answers took.", ("route",), registry=self.registry
        )
        self.received = Counter("photodesk_received_bytes_total", "Bytes of blob parts.", registry=self.registry)
        self.operations = Counter("photodesk_operations_total", "Operations taken.", registry=self.registry)
        self.streams = Gauge("photodesk_event_streams", "Open streams of events.", registry=self.registry)

    def text(self) -> bytes:
        """The page that Prometheus reads."""
        return generate_latest(self.registry)
