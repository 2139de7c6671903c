"""The text format of the public site-config files -> ``SiteRules``.

One file a host: ``example.com.txt`` for ``example.com`` and ``www.example.com``, ``.example.com.txt`` for
its other subdomains. A line is ``directive: value``; ``#`` begins a comment line. Honoured are ``title``,
``body``, ``date`` and ``author`` (XPath; several are tried in order), ``strip`` (XPath),
``strip_id_or_class`` and ``strip_image_src`` (all of them apply), ``find_string`` with ``replace_string``,
and ``replace_string(a): b``; these change the page's source. Everything else is counted and ignored: further
pages are never fetched.

Format: https://help.fivefilters.org/full-text-rss/site-patterns.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.extract.site.model import NamePart, Replacement, Selector, SiteRules
from pipeline.extract.site.xpath import prepare_xpath

MAX_LINES = 2000
_PATHS = frozenset(("title", "body", "date", "author", "strip"))
#: say how to test the file, not how to read a page
_TESTS = frozenset(("test_url", "test_contains"))
_DIRECTIVE = re.compile(r"([A-Za-z_]+)(\([^)]*\))?\s*:\s*(.*)")
_REPLACE = re.compile(r"replace_string\((.+?)\)\s*:\s*(.*)")


@dataclass(slots=True)
class _File:
    """What the lines read so far say."""

    name: str
    selectors: dict[str, list[Selector]] = field(default_factory=dict)
    names: list[NamePart] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)
    #: find_string and replace_string, with their line numbers: they pair in order
    finds: list[tuple[str, int]] = field(default_factory=list)
    puts: list[tuple[str, int]] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def problem(self, number: int, cause: str) -> None:
        self.problems.append(f"{self.name}, line {number}: {cause}")

    def selector(self, key: str, xpath: str, number: int) -> None:
        try:
            selector = Selector(xpath=prepare_xpath(xpath), where=str(number))
        except ValueError as error:
            self.problem(number, str(error))
        else:
            self.selectors.setdefault(key, []).append(selector)


def parse_site_config(text: str, name: str) -> SiteRules:
    """The rules in the ``text`` of the file ``name``. Never fails: ``problems`` names each line at fault."""
    found = _File(name)
    lines = text.splitlines()
    for number, line in enumerate(lines[:MAX_LINES], 1):
        line = line.strip()
        if line and not line.startswith("#"):
            _read_line(found, line, number)
    if len(lines) > MAX_LINES:
        found.problem(MAX_LINES + 1, f"only {MAX_LINES} lines are read")
    _pair(found)
    return SiteRules(
        source=name,
        container=tuple(found.selectors.get("body", ())),
        title=tuple(found.selectors.get("title", ())),
        authors=tuple(found.selectors.get("author", ())),
        published=tuple(found.selectors.get("date", ())),
        strip=tuple(found.selectors.get("strip", ())),
        strip_names=tuple(found.names),
        replacements=tuple(found.replacements),
        ignored=tuple(sorted((+found.ignored).items())),
        problems=tuple(found.problems),
    )


def _read_line(found: _File, line: str, number: int) -> None:
    if replace := _REPLACE.fullmatch(line):
        found.replacements.append(Replacement(find=replace[1], put=replace[2], where=str(number)))
        return
    match = _DIRECTIVE.fullmatch(line)
    if match is None:
        found.ignored["lines without directive"] += 1
    elif match[2] or match[1] not in _READERS:
        found.ignored[match[1]] += match[1] not in _TESTS
    elif not match[3] and match[1] != "replace_string":
        found.ignored[f"{match[1]} without value"] += 1
    else:
        _READERS[match[1]](found, match[1], match[3], number)


def _path(found: _File, key: str, value: str, number: int) -> None:
    found.selector(key, value, number)


def _strip_id_or_class(found: _File, _key: str, value: str, number: int) -> None:
    if part := _bare(found, value, number):
        found.names.append(NamePart(part=part, where=str(number)))


def _strip_image_src(found: _File, _key: str, value: str, number: int) -> None:
    if part := _bare(found, value, number):
        found.selector("strip", f"//img[contains(@src, '{part}')]", number)


def _find_string(found: _File, _key: str, value: str, number: int) -> None:
    found.finds.append((value, number))


def _replace_string(found: _File, _key: str, value: str, number: int) -> None:
    found.puts.append((value, number))


_READERS: Mapping[str, Callable[[_File, str, str, int], None]] = {
    **dict.fromkeys(_PATHS, _path),
    "strip_id_or_class": _strip_id_or_class,
    "strip_image_src": _strip_image_src,
    "find_string": _find_string,
    "replace_string": _replace_string,
}


def _bare(found: _File, value: str, number: int) -> str:
    """The value without the quotes some files put around it. What is empty would be part of every name."""
    part = value.replace("'", "").replace('"', "").strip()
    if not part:
        found.problem(number, f"{value} names nothing")
    return part


def _pair(found: _File) -> None:
    """``find_string`` lines pair with ``replace_string`` lines in order; where one is missing, none do."""
    if len(found.finds) != len(found.puts):
        number = (found.finds + found.puts)[0][1]
        counts = f"{len(found.finds)} find_string and {len(found.puts)} replace_string"
        found.problem(number, f"{counts} do not pair; none of them is applied")
        return
    for (find, number), (put, _) in zip(found.finds, found.puts, strict=True):
        found.replacements.append(Replacement(find=find, put=put, where=str(number)))
