"""What a person can do about a failure: one line each. Pure, and light enough for any command.

The class decides; where the message tells more (whose wall, which part of TLS), so does the advice. Messages
are ``crawler.failures``'s own, and all that the store keeps of a failure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pipeline.types import Failure, FailureClass

_ASK_THEM: Final = "ask the outlet to let your contact address through; presswatch does not work around walls"
_WALL: Final = re.compile(r"blocked by (.+?)(?: \(HTTP \d+\))?$")
_CONSENT: Final = re.compile(r"a consent wall of (.+) stands before it")

#: class -> (part of the message, advice); the first part that is found counts, "" always is
_BY_MESSAGE: Final[Mapping[FailureClass, tuple[tuple[str, str], ...]]] = {
    FailureClass.DNS: (
        (
            "name servers give no answer",
            "passes by itself mostly; check this machine's name servers if it stays",
        ),
        ("", "check the address for typing errors, and whether the outlet has moved to another domain"),
    ),
    FailureClass.CONNECT: (
        ("connection refused", "the outlet's server is down or has moved; it is tried again by itself"),
        ("proxy answered", "ask whoever runs the proxy why it does not lead to this host"),
        ("", "the outlet's server is down or cut off; it is tried again by itself"),
    ),
    FailureClass.TLS: (
        ("not valid yet", "check this machine's clock"),
        ("expired", "the outlet has to renew its certificate; write to it if that lasts for days"),
        ("for another", "check whether the outlet has moved to another host name"),
        (
            "self-signed",
            "name the certificate in ca_bundle if you trust it; otherwise the outlet has to mend it",
        ),
        (
            "unknown authority",
            "name the authority in ca_bundle if you trust it; otherwise the outlet has to mend it",
        ),
        ("does not speak TLS", "try the address with http:// in the place of https://"),
        ("", "the outlet has to mend its TLS; a proxy or firewall between you and it may be at fault, too"),
    ),
    FailureClass.PARSE: (
        ("HTML page", "this is a page, not a feed: look for the feed (presswatch outlets add HOME)"),
        ("empty", "the outlet sends an empty feed; it is tried again by itself"),
        ("", "the outlet sends something that is no feed; look at it, and for another feed of the outlet"),
    ),
}
_BY_STATUS: Final[Mapping[int, str]] = {
    401: "this address wants a login: look for a public feed of the outlet",
    402: "this address wants payment: look for a public feed of the outlet",
    403: "the outlet refuses us: ask it to let your contact address through",
    404: "nothing is at this address: look for the outlet's new feed (presswatch outlets add HOME)",
    407: "set the proxy's user name and password",
    429: "the outlet wants fewer requests: its wait is kept; poll it less often if this stays",
    451: "the outlet may not show this in your country, by law",
}
_BY_CLASS: Final[Mapping[FailureClass, str]] = {
    FailureClass.TIMEOUT: "the outlet's server is slow or cut off; it is tried again by itself",
    FailureClass.ROBOTS: "robots.txt keeps us out: ask the outlet, or watch another of its feeds",
    FailureClass.REFUSED_ADDRESS: "correct the address; one in your own network has to be allowed (--allow-address)",
    FailureClass.TOO_LARGE: "the answer is larger than allowed: look for a shorter feed of the outlet",
    FailureClass.GONE: "the outlet took this down for good: look for its new feed, or stop watching it",
    FailureClass.MOVED: "look for the outlet's new address (presswatch outlets add HOME) and replace this one",
    FailureClass.PAYWALL: "only subscribers can read this; titles and summaries of the feed are kept",
    FailureClass.OWN_NETWORK: "check this machine's connection, name servers and proxy; no outlet is blamed",
}


def explained(failure: Failure) -> str | None:
    """One line of advice on what a person can do about a failure; None where there is nothing to do."""
    if failure.kind is FailureClass.BLOCKED:
        return _blocked(failure.message)
    if failure.kind is FailureClass.HTTP:
        return _http(failure.status)
    told = _BY_MESSAGE.get(failure.kind, ())
    return next((advice for part, advice in told if part in failure.message), _BY_CLASS.get(failure.kind))


def _blocked(message: str) -> str:
    consent = _CONSENT.search(message)
    if consent:
        return f"ask the outlet to let your contact address past {consent[1]}; presswatch agrees to nothing itself"
    wall = _WALL.search(message)
    return f"{_ASK_THEM} ({wall[1]})" if wall else _ASK_THEM


def _http(status: int | None) -> str:
    if status is None or status < 400:
        return "the outlet's answer cannot be used; it is tried again by itself"
    if status >= 500:
        return "the outlet's server is in trouble; it is tried again by itself"
    return _BY_STATUS.get(status, "the outlet's server rejects the request; check the address")
