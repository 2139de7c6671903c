"""The configuration: what is read, what is refused and in which words."""

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.decide import Polling
from pipeline.errors import UsageError
from presswatch.config import Config, load_config

FULL = """
[fetch]
contact = "https://example.org/about"
proxy = "http://user:secret@proxy.example.org:3128"
ca_bundle = "ca.pem"
allow_addresses = ["127.0.0.1:8801", "[::1]:8802", "News.Local:80"]
delay = 0
deadline_seconds = 12.5
concurrency = 4
[crawl]
min_interval_minutes = 1
max_interval_minutes = 90
max_attempts = 3
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "ca.pem").write_text("certificates")
    return tmp_path / "presswatch.toml"


def test_everything_is_read(written: Path) -> None:
    written.write_text(FULL)
    config = load_config(written)
    assert config.file == written
    assert config.polling == Polling(
        min_interval=timedelta(minutes=1), max_interval=timedelta(minutes=90), max_attempts=3
    )
    options = config.fetch_options(allow=["127.0.0.1:9"])
    assert options.contact == "https://example.org/about"
    assert options.proxy == "http://user:secret@proxy.example.org:3128"
    assert options.ca_bundle == written.parent / "ca.pem"
    assert options.allow_addresses == {"127.0.0.1:8801", "[::1]:8802", "news.local:80", "127.0.0.1:9"}
    assert (options.delay, options.deadline, options.concurrency) == (0, 12.5, 4)
    assert options.obey_robots
    assert config.fetch_options(proxy="http://other:1").proxy == "http://other:1"


def test_no_file_and_an_empty_file_are_the_defaults(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(written.parent)
    assert load_config(None) == Config()
    written.write_text("")
    assert load_config(None) == Config(file=Path("presswatch.toml"))
    assert load_config(None).fetch_options() == Config().fetch_options()


def test_a_file_in_the_current_folder_is_found(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(written.parent)
    written.write_text('\ufeff[fetch]\nca_bundle = "ca.pem"\n', encoding="utf-8")
    assert load_config(None).fetch.ca_bundle == written.parent / "ca.pem"


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no configuration file .*missing\.toml"):
        load_config(tmp_path / "missing.toml")
    with pytest.raises(UsageError, match="cannot read"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[fetch]\ndellay = 1", r"\[fetch\]: unknown key 'dellay'; did you mean delay\?"),
        ("[crawl]\nmax_attemps = 1", "did you mean max_attempts"),
        ("[fetch]\nobey_robots = false", "unknown key 'obey_robots'"),
        ("[fetsch]\ndelay = 1", r"unknown section 'fetsch'; did you mean fetch\?"),
        ("zzz = 1", "unknown section 'zzz'; known: fetch, crawl"),
        ("fetch = 1", r"fetch must be a section, \[fetch\]"),
        ("[fetch]\ndelay = 'fast'", r"\[fetch\] delay: wanted is a number of seconds, 0 or more"),
        ("[fetch]\ndelay = -1", "delay"),
        ("[fetch]\ndelay = nan", "delay"),
        ("[fetch]\ndelay = true", "delay"),
        ("[fetch]\ndeadline_seconds = 0", "deadline_seconds"),
        ("[fetch]\nconcurrency = 1.5", "concurrency: wanted is a whole number"),
        ("[fetch]\nconcurrency = 0", "concurrency"),
        ("[fetch]\ncontact = 5", "contact"),
        ("[fetch]\nproxy = 'socks5://x:1'", "proxy: wanted is http://host:port"),
        ("[fetch]\nproxy = 'http://x:99999999'", "proxy"),
        ("[fetch]\nallow_addresses = '127.0.0.1:80'", "allow_addresses: wanted is a list"),
        ("[fetch]\nallow_addresses = ['127.0.0.1']", "'127.0.0.1' is not HOST:PORT"),
        ("[fetch]\nallow_addresses = ['::1:80']", "is not HOST:PORT"),
        ("[fetch]\nallow_addresses = ['http://a:80']", "is not HOST:PORT"),
        ("[fetch]\nallow_addresses = ['a:0']", "is not HOST:PORT"),
        ("[crawl]\nmin_interval_minutes = 0", "min_interval_minutes"),
        ("[crawl]\nmax_interval_minutes = 1e300", "max_interval_minutes"),
        ("[crawl]\nmin_interval_minutes = 60\nmax_interval_minutes = 30", "at most max_interval_minutes, 30"),
        ("[fetch\n", "is not valid TOML"),
        ("[fetch]\nconcurrency = " + "9" * 5000, "is not valid TOML"),
    ],
)
def test_what_cannot_be_meant_is_one_clear_line(written: Path, text: str, message: str) -> None:
    written.write_text(text)
    with pytest.raises(UsageError, match=message) as caught:
        load_config(written)
    assert "presswatch.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text(written: Path) -> None:
    written.write_bytes(b"\xff\xfe[fetch]")
    with pytest.raises(UsageError, match="not UTF-8"):
        load_config(written)


def test_faults_keep_passwords_to_themselves(written: Path) -> None:
    written.write_text('[fetch]\nproxy = "ftp://me:secret@proxy:1"')
    with pytest.raises(UsageError) as caught:
        load_config(written)
    assert "secret" not in str(caught.value)


def test_the_command_line_is_checked_too() -> None:
    with pytest.raises(UsageError, match="--allow-address: 'localhost' is not HOST:PORT"):
        Config().fetch_options(allow=["localhost"])
    with pytest.raises(UsageError, match="--proxy: wanted is"):
        Config().fetch_options(proxy="proxy.example.org")
