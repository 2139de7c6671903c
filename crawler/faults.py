"""What the network did, in words: errors of sockets, names and TLS as clauses, and whose fault they are.

The words are all that is kept of an error once it is a ``Failure``, in the crawl and in the store; ``whose``
reads them back. Error numbers: POSIX.1-2017 <errno.h>, RFC 3493 6.1 (getaddrinfo), OpenSSL's verify(1).
"""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl
from collections.abc import Mapping
from typing import Final

_NUMBERS: Final = re.compile(r"\[Errno (\d+)\]")

#: what connecting fails with: the words, and whether it speaks for our side (True), theirs (False) or neither
CONNECTING: Final[Mapping[int, tuple[str, bool | None]]] = {
    errno.ECONNREFUSED: ("connection refused", False),
    errno.ECONNRESET: ("connection reset", False),
    errno.EHOSTUNREACH: ("no route to host", None),
    errno.ENETUNREACH: ("network is unreachable", True),
    errno.ENETDOWN: ("network is down", True),
}
#: what only this machine can be at fault for
OURS_ALONE: Final = frozenset(
    {
        *(errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM),
        *(errno.EPERM, errno.EACCES, errno.EADDRNOTAVAIL),
    }
)
NO_SUCH_NAME: Final = "does not exist"
NO_RESOLVER: Final = "the name servers give no answer"

_NO_NAME: Final = frozenset({socket.EAI_NONAME})
_NO_ADDRESS: Final = frozenset(
    number
    for number in (getattr(socket, "EAI_NODATA", None), getattr(socket, "EAI_ADDRFAMILY", None))
    if number is not None
)
_NO_ANSWER: Final = frozenset({socket.EAI_AGAIN, socket.EAI_SYSTEM, socket.EAI_MEMORY})

#: X509_V_ERR_* -> words
_CERTIFICATE: Final[Mapping[int, str]] = {
    9: "its certificate is not valid yet (is this machine's clock right?)",
    10: "its certificate has expired",
    18: "its certificate is self-signed",
    19: "its certificate is signed by an unknown authority (self-signed certificate in the chain)",
    20: "its certificate is signed by an unknown authority, or an intermediate certificate is missing",
    21: "its certificate is signed by an unknown authority, or an intermediate certificate is missing",
    23: "its certificate has been revoked",
    62: "its certificate is for another name",
    63: "its certificate is for another name",
    64: "its certificate is for another address",
}
#: part of OpenSSL's reason -> words
_HANDSHAKE: Final = (
    ("WRONG_VERSION_NUMBER", "it does not speak TLS on this port (plain HTTP?)"),
    ("HTTP_REQUEST", "it does not speak TLS on this port (plain HTTP?)"),
    ("RECORD_LAYER_FAILURE", "it does not speak TLS on this port (plain HTTP?)"),
    ("PACKET_LENGTH_TOO_LONG", "it does not speak TLS on this port (plain HTTP?)"),
    ("UNSUPPORTED_PROTOCOL", "it speaks only old versions of TLS that are not safe"),
    ("PROTOCOL_VERSION", "it speaks only versions of TLS that we do not"),
    ("UNEXPECTED_EOF", "it hung up during the handshake"),
    ("UNRECOGNIZED_NAME", "the handshake failed: it does not know this host name"),
)


def numbers_of(error: BaseException) -> tuple[int, ...]:
    """The error numbers in an error of connecting; several where several addresses were tried."""
    cause = getattr(error, "os_error", error)
    if isinstance(cause, ssl.SSLError | socket.gaierror):
        return ()  # theirs count differently
    number = getattr(cause, "errno", None)
    return (number,) if number else tuple(int(found) for found in _NUMBERS.findall(str(cause)))


def telling(numbers: tuple[int, ...]) -> int | None:
    """The number that says most: one that speaks for the other side, then a neutral one, then ours.

    A machine without IPv6 gets "unreachable" for that half of a host's addresses, whatever the others said.
    """
    order = {False: 0, None: 1, True: 2}
    return min(numbers, key=lambda number: order[CONNECTING.get(number, ("", None))[1]], default=None)


def connecting(error: BaseException) -> str:
    """Why no connection came about."""
    number = telling(numbers_of(error))
    if number is not None:
        return CONNECTING.get(number, (os.strerror(number).lower(), None))[0]
    cause = getattr(error, "os_error", error)
    return CONNECTING[errno.ECONNRESET][0] if isinstance(cause, ConnectionResetError) else str(cause)


def looking_up(error: BaseException, name: str) -> str:
    """Why a name has no address for us."""
    number = getattr(getattr(error, "os_error", error), "errno", None)
    if number in _NO_NAME:
        return f"the host name {name} {NO_SUCH_NAME}"
    if number in _NO_ADDRESS:
        return f"the host name {name} has no address"
    if number in _NO_ANSWER:
        return f"{NO_RESOLVER} about {name}"
    return f"the host name {name} does not resolve"


def shaking_hands(error: BaseException) -> str:
    """Why no trustworthy TLS connection came about."""
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _CERTIFICATE.get(cause.verify_code, f"its certificate is not valid: {cause.verify_message}")
    reason = (getattr(cause, "reason", None) or str(cause)).upper().replace(" ", "_")
    plain = reason.replace("_", " ").lower()
    return next((words for part, words in _HANDSHAKE if part in reason), f"the handshake failed: {plain}")


def whose(message: str) -> bool | None:
    """Whether a message made of these words speaks for our side (True), theirs (False) or neither (None)."""
    if NO_RESOLVER in message:
        return True
    if message.endswith(NO_SUCH_NAME):
        return False
    found = (side for words, side in CONNECTING.values() if message.endswith(words))
    return next(found, None)
