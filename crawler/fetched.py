"""What arrived over HTTP, before anyone reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One complete answer.

    ``url`` is what was asked, ``final_url`` what answered after redirects. ``headers`` has lower-case names;
    repeated fields are joined by ``", "`` (RFC 9110 5.3). ``body`` is decoded from its transfer and content
    encodings, not from its charset. ``moved_to`` is the final URL where every hop was permanent (301/308).
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str | None = None
    moved_to: str | None = None

    def header(self, name: str) -> str | None:
        """The field's value whatever the case of ``name``, or None."""
        return self.headers.get(name.lower())
