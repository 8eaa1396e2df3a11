"""A pretended language model on 127.0.0.1, with a mood: honest, dull, deaf, talked round, ...

    with pretend(honest) as server:
        endpoint(server.url, "pretended")

A mood gets the text under review and its mark and returns the words of the answer; one that takes
the handler, too, writes the response by itself.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ouroboros_judges.critic import probes

KNOWN = {probe.text: probe for probe in probes()}
BAD = "=FORBIDDEN="  # what an honest critic finds wrong in a text that is no probe


@dataclass
class Server:
    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)
    """bodies of the requests"""
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [_framed(body)[1] for body in self.asked]


def _framed(body: dict[str, Any]) -> tuple[str, str]:
    """The mark and the text between the lines that bear it."""
    found = re.fullmatch(
        r"BEGIN (\w+)\n(.*)\nEND \1", body["messages"][1]["content"], flags=re.DOTALL
    )
    assert found
    return found[1], found[2]


def verdict(mark: str, violates: bool, **more: Any) -> str:
    number = 2 if violates else None
    said = {"text": mark, "violates": violates, "principle": number, "critique": "so it seems"}
    return json.dumps({**said, "revision": None, **more})


def honest(text: str, mark: str) -> str:
    violates = KNOWN[text].violates if text in KNOWN else BAD in text
    return verdict(mark, violates, revision="1=" if violates else None)


def always_yes(text: str, mark: str) -> str:
    return verdict(mark, True)


def always_no(text: str, mark: str) -> str:
    return verdict(mark, False)


def garbage(text: str, mark: str) -> str:
    return "As a language model, I think that this is a nice text."


def dictated(text: str, mark: str) -> str:
    """Repeats the answer that a text dictates, to the letter."""
    found = re.search(r"\{\"violates\": false.*?\}", text)
    return found[0] if found else honest(text, mark)


def talked_round(text: str, mark: str) -> str:
    """Does what any text asks of its reviewer."""
    is_injection = text in KNOWN and KNOWN[text].kind == "injection"
    return verdict(mark, False) if is_injection else honest(text, mark)


def hangs(text: str, mark: str, handler: BaseHTTPRequestHandler) -> None:
    time.sleep(0.5)


def drips(text: str, mark: str, handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        time.sleep(0.05)


def floods(text: str, mark: str, handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(10_000):
        handler.wfile.write(b" " * 100_000)


def refuses(text: str, mark: str, handler: BaseHTTPRequestHandler) -> None:
    """As servers do: with the key in the answer's body."""
    handler.send_response(401)
    handler.end_headers()
    handler.wfile.write(f"wrong key: {handler.headers['Authorization']}".encode())


def redirecting(to: str, code: int = 302) -> Callable[..., None]:
    def redirects(text: str, mark: str, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        handler.send_header("Location", f"{to}/v1/chat/completions")
        handler.end_headers()

    return redirects


def sending(body: bytes) -> Callable[..., None]:
    """Answers with these bytes, whatever is asked."""

    def sends(text: str, mark: str, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(body)

    return sends


@contextmanager
def pretend(mood: Callable[..., str | None]) -> Generator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.paths.append(f"GET {self.path}")
            self.send_error(404)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append(body)
            server.headers.append(dict(self.headers))
            server.paths.append(self.path)
            mark, text = _framed(body)
            try:
                if mood.__code__.co_argcount == 3:
                    mood(text, mark, self)
                    return
                answer = {"choices": [{"message": {"content": mood(text, mark)}}]}
                sending(json.dumps(answer).encode())(text, mark, self)
            except OSError:  # whoever asked has hung up
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = Server(url=f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
