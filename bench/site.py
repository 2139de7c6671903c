"""A loopback news site of realistic pages: about 150 kB each, most of it not the article."""

from __future__ import annotations

import random
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench import prose

_WORDS = prose.lexicon(random.Random(0), prose.LETTERS["en"])


def sentence(rng: random.Random, length: int = 18) -> str:
    """A sentence of words that mean nothing."""
    return prose.sentence(rng, _WORDS, length)


def page(number: int) -> bytes:
    """One article page of about 150 kB: menus, styles, scripts, a teaser, a sidebar, twelve paragraphs."""
    rng = random.Random(number)
    menu = "".join(f'<li><a href="/section/{n}">{sentence(rng, 3)}</a></li>' for n in range(120))
    style = "".join(f".c{n}{{color:#{n:06x};margin:{n % 9}px;padding:{n % 7}px}}\n" for n in range(1200))
    script = "".join(f"window.state['key{n}']={{id:{n},name:'{sentence(rng, 4)}'}};\n" for n in range(900))
    paragraphs = [f"<p>{' '.join(sentence(rng) for _ in range(4))}</p>" for _ in range(12)]
    paragraphs.insert(3, f'<p>Read also: <a href="/a/{number + 1}">{sentence(rng, 8)}</a></p>')
    side = "".join(
        f'<div class="card"><a href="/a/{n}"><h4>{sentence(rng, 9)}</h4></a></div>' for n in range(60)
    )
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{sentence(rng, 8)} {number} | Bench</title><meta property="og:title" content="Story {number}">
<meta property="article:published_time" content="2026-11-23T08:00:00+00:00">
<style>{style}</style><script>{script}</script></head><body><nav><ul>{menu}</ul></nav>
<main><article><h1>Story {number}</h1>
<div class="byline">By A. Writer</div>{"".join(paragraphs)}</article></main>
<aside>{side}</aside><footer><p>All rights reserved.</p>{menu}</footer></body></html>""".encode()


def feed(base: str, count: int) -> bytes:
    """An RSS feed that lists every page."""
    items = "".join(
        f"<item><title>Story {n}</title><link>{base}/a/{n}</link><guid>{base}/a/{n}</guid></item>"
        for n in range(count)
    )
    return f'<rss version="2.0"><channel><title>Bench</title>{items}</channel></rss>'.encode()


def serve(count: int) -> None:
    """Serve ``count`` pages until killed; the address is the first line printed.

    ``/rss`` lists every page, ``/rss/N`` one page each; both answer 304 to who has them already.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            base = f"http://{self.headers['Host']}"
            if self.path.startswith("/rss") and self.headers["If-None-Match"]:
                self.answer(b"", "application/rss+xml", 304)
            elif self.path.startswith("/rss"):
                self.answer(feed(base, count), "application/rss+xml")
            elif self.path.startswith("/a/") and int(self.path[3:]) < count:
                self.answer(page(int(self.path[3:])), "text/html; charset=utf-8")
            else:
                self.answer(b"", "text/plain", 404)

        def answer(self, body: bytes, content_type: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("ETag", '"1"')
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
