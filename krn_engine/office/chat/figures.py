"""How the chats stand, for Prometheus: numbers that the tables know, over all processes."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from krn_engine.office.chat.store import Store

_ERROR = "error"


class ChatFigures(Collector):
    """Asked for once, when it is made. Raises the database's refusals."""

    def __init__(self, store: Store) -> None:
        self._figures = store.figures()
        self._counted = store.counted()
        self._stopped = store.outbox.stopped()

    def collect(self) -> Iterator[Metric]:
        """See Collector."""
        told = self._figures
        yield GaugeMetricFamily("krn_chat_waiting", "Messages that wait for an answer", told.waiting)
        yield GaugeMetricFamily("krn_chat_oldest_seconds", "How long the first of them has waited", told.oldest)
        yield GaugeMetricFamily("krn_chat_leaving", "Answers that wait to be sent", told.leaving)
        stopped = GaugeMetricFamily(
            "krn_chat_stopped",
            "Providers that let this office send nothing: see to token or account",
            labels=["provider"],
        )
        for provider in self._stopped:
            stopped.add_metric([provider], 1)
        yield stopped
        done = CounterMetricFamily(
            "krn_chat_messages",
            "handled, set aside, sent, unsure, sent again, failed: docs/operations.md",
            labels=["provider", "what"],
        )
        errors = CounterMetricFamily(
            "krn_chat_errors", "A provider's own errors by their code", labels=["provider", "code"]
        )
        for provider, name, code, value in self._counted:
            if name == _ERROR:
                errors.add_metric([provider, code], value)
            else:
                done.add_metric([provider, name], value)
        yield done
        yield errors
