"""Prometheus metrics of the service, over all of its processes."""

import os
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from krn_engine.issuing.sources.port import Health
from krn_engine.office.access.heartbeats import Kiosks

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder in which processes share counts; the library reads it when it is imported."""
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts of one process, which are shown together with those of its siblings."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answered = Counter(
            "krn_requests", "Requests that were answered", ("operation", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "krn_request_seconds", "How long they took", ("operation",), registry=self._registry, buckets=_SECONDS
        )
        self._refused = Counter(
            "krn_refusals", "Refusals by their code (docs/errors.md)", ("code",), registry=self._registry
        )
        self._running = Gauge(
            "krn_requests_running",
            "Requests that are being answered",
            registry=self._registry,
            multiprocess_mode="livesum",
        )

        self._sources = Gauge(
            "krn_source_ready",
            "Whether a source of rows gave rows when it was last asked",
            ("source", "sgcs"),
            registry=self._registry,
            multiprocess_mode="livemostrecent",
        )

    def sources(self, told: Iterable[Health]) -> None:
        """What each source says of itself; without supply groups it serves all that no other serves."""
        for health in told:
            self._sources.labels(health.kind.value, " ".join(map(str, health.sgcs))).set(health.ready)

    def begin(self) -> None:
        """A request came."""
        self._running.inc()

    def end(self, operation: str, status: int | str, code: str | None, seconds: float) -> None:
        """It was answered."""
        self._running.dec()
        self._answered.labels(operation, str(status)).inc()
        self._seconds.labels(operation).observe(seconds)
        if code is not None:
            self._refused.labels(code).inc()

    def text(self, kiosks: Kiosks, *more: Collector) -> bytes:
        """All counts in Prometheus's text format, of all processes where they share a folder; and how kiosks are.

        `more`: numbers that are known to no process either.
        """
        of_kiosks = CollectorRegistry()
        for collector in (_OfKiosks(kiosks), *more):
            of_kiosks.register(collector)
        if FOLDER not in os.environ:
            return generate_latest(self._registry) + generate_latest(of_kiosks)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry) + generate_latest(of_kiosks)


class _OfKiosks(Collector):
    """Two numbers that are known to no process, but to the database."""

    def __init__(self, kiosks: Kiosks) -> None:
        self._kiosks = kiosks

    def collect(self) -> Iterator[Metric]:
        """See Collector."""
        yield GaugeMetricFamily("krn_kiosks", "Kiosks that are enrolled", self._kiosks.all)
        yield GaugeMetricFamily(
            "krn_kiosks_ill", "Those of them that say that they cannot work, or say nothing", self._kiosks.ill
        )
