"""``/healthz`` and ``/metrics``: what the daemon tells those who watch it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from scheduler.http_message import Listen, Request, Response
from scheduler.http_server import Handler, Route

_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How the daemon is now. Times are seconds of the monotonic clock: a clock put right is no fault.

    ``tick_age`` is the time since the last tick that ended well (before the first: since the start),
    ``patience`` how much of it is still in order; ``store_fault`` is one line, or None.
    """

    tick_age: float
    patience: float
    store_fault: str | None = None
    stopping: bool = False

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong, one line each; none while all is well."""
        found = []
        if self.tick_age > self.patience:
            found.append(f"no tick for {self.tick_age:.0f} s, at most {self.patience:.0f} s are in order")
        if self.store_fault is not None:
            found.append(self.store_fault)
        if self.stopping:
            found.append("stopping")
        return tuple(found)


def health_response(condition: Condition) -> Response:
    """200 and ``ok``, or 503 and the reason."""
    faults = condition.faults
    said = {"status": "fault" if faults else "ok", "seconds_since_tick": round(condition.tick_age, 1)}
    if faults:
        said["reason"] = "; ".join(faults)
    body = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    return Response(status=503 if faults else 200, body=body, content_type=_JSON)


def healthz(condition: Callable[[], Condition]) -> Handler:
    """Answers ``/healthz`` from the daemon's condition at that moment."""

    async def answer(_: Request) -> Response:
        return health_response(condition())

    return answer


def metrics(registry: CollectorRegistry) -> Handler:
    """Answers ``/metrics`` in Prometheus' text format; in a thread, for collecting waits for the disk."""

    async def answer(_: Request) -> Response:
        body = await asyncio.to_thread(generate_latest, registry)
        return Response(body=body, content_type=CONTENT_TYPE_LATEST)

    return answer


def routes(condition: Callable[[], Condition], registry: CollectorRegistry) -> dict[str, Route]:
    """The two routes that every daemon has."""
    return {"/healthz": Route(healthz(condition)), "/metrics": Route(metrics(registry))}


def exposure(listen: Listen) -> str | None:
    """The warning for an address that others can reach; None for loopback."""
    if listen.loopback:
        return None
    return f"{listen}: other machines can reach it; whoever does reads the metrics, without a password"
