"""What Prometheus reads of a server: how many requests, how they ended, how long they took. Never who asked."""

from time import perf_counter_ns
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

from cognomen import __version__
from cognomen.http.access_log import Entry

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds
BAD: Final = 400  # the least status of a refusal


class Meter:
    """Counts the requests of one process, 3 µs each."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        asked = ["operation", "outcome"]
        self._requests = Counter("cognomen_requests", "Requests that were answered", asked, registry=registry)
        self._seconds = Histogram(
            "cognomen_request_seconds", "Time to answer", ["operation"], buckets=BUCKETS, registry=registry
        )
        version = Counter("cognomen_starts", "Starts of a process of this version", ["version"], registry=registry)
        version.labels(__version__).inc()
        self._records = Counter(
            "cognomen_audit_records", "Records of the audit log, kept or failed", ["outcome"], registry=registry
        )
        self._known: dict[tuple[str, str], Counter] = {}
        self._timers: dict[str, Histogram] = {}

    def count_records(self, records: int, kept: bool) -> None:
        """Records of the audit log were written, or could not be."""
        self._records.labels("kept" if kept else "failed").inc(records)

    def count(self, entry: Entry) -> None:
        """A request is over. Labels are names of the model, so that nobody can make up others."""
        operation = entry.operation or ("unknown" if entry.path == "/" else "page")
        outcome = entry.error or ("ok" if entry.status < BAD else str(entry.status))
        counter = self._known.get((operation, outcome))
        if counter is None:
            counter = self._known[operation, outcome] = self._requests.labels(operation, outcome)
        timer = self._timers.get(operation)
        if timer is None:
            timer = self._timers[operation] = self._seconds.labels(operation)
        counter.inc()
        timer.observe((perf_counter_ns() - entry.started_ns) / 1e9)
