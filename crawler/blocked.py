"""Telling a bot wall from a plain refusal: the marks that challenge pages carry. No I/O.

Reported, never worked around: an outlet that blocks us shows as ``blocked`` in ``health``, so that its people
or ours can be asked. Marks are header names and script addresses the walls' own documentation names, not
their wording, so that an article about Cloudflare is not taken for Cloudflare.
"""

from __future__ import annotations

from typing import Final

from crawler.fetched import Fetched

#: header name, part of its value (lower case), who
_HEADER_MARKS: Final = (
    ("cf-mitigated", "challenge", "Cloudflare"),
    ("x-datadome", "", "DataDome"),
    ("x-dd-b", "", "DataDome"),
    ("x-amzn-waf-action", "", "AWS WAF"),
    ("sg-captcha", "", "SiteGround"),
    ("x-px-block", "", "PerimeterX"),
)
#: part of the page (lower case), who
_PAGE_MARKS: Final = (
    (b"/cdn-cgi/challenge-platform/", "Cloudflare"),
    (b"_cf_chl_opt", "Cloudflare"),
    (b'id="cf-error-details"', "Cloudflare"),
    (b"captcha-delivery.com", "DataDome"),
    (b"errors.edgesuite.net", "Akamai"),
    (b"/_sec/cp_challenge/", "Akamai"),
    (b"px-captcha", "PerimeterX"),
    (b"_pxappid", "PerimeterX"),
    (b"_incapsula_resource", "Imperva"),
    (b"awswafintegration", "AWS WAF"),
    (b"sucuri.net/privacy", "Sucuri"),
    (b"ddos-guard.net", "DDoS-Guard"),
    (b"__qrator", "Qrator"),
    (b"/.well-known/sgcaptcha/", "SiteGround"),
    (b"servicepipe.ru", "Servicepipe"),
)
#: pages with these statuses may be walls whatever their size
_REFUSALS: Final = frozenset({401, 403, 405, 406, 429, 498, 503})
#: a wall sent with status 200 is small; an article page that loads a wall's script is not
_MAX_WALL: Final = 12 * 1024
_SEARCHED: Final = 256 * 1024


def wall_of(fetched: Fetched) -> str | None:
    """Whose bot wall this answer is (``Cloudflare``), or None where it is none that we know."""
    refused = fetched.status in _REFUSALS
    small = fetched.status in {200, 202} and 0 < len(fetched.body) <= _MAX_WALL
    if not refused and not small and fetched.status != 202:
        return None
    for name, part, who in _HEADER_MARKS:
        value = fetched.header(name)
        # DataDome marks every answer, so without a refusal only an explicit challenge counts.
        if value is not None and part in value.lower() and (refused or part or fetched.status == 202):
            return who
    page = fetched.body[:_SEARCHED].lower() if _is_html(fetched) else b""
    return next((who for mark, who in _PAGE_MARKS if mark in page and (refused or _bare(page))), None)


def _is_html(fetched: Fetched) -> bool:
    return "html" in (fetched.content_type or "html").lower()


def _bare(page: bytes) -> bool:
    """Whether the page has no article text of its own: no more than a few paragraphs."""
    return page.count(b"<p") < 5 and b"<article" not in page
