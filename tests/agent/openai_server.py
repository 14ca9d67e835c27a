"""A small server that speaks the OpenAI chat protocol on loopback, for tests of what a language model may do.

It answers real HTTP requests of the real client; only the model behind it is scripted::

    with OpenAIServer([answer({"intent": "thank"}), failure(500)]) as server:
        settings = load_settings(llm="openai:any", llm_base_url=server.url)

Each request takes the next behaviour; the last one is repeated. ``server.requests`` holds
the bodies that came in.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Body = dict[str, Any]
# From the request's body: HTTP status and what is sent back.
Behaviour = Callable[[Body], tuple[int, Body | str]]


def answer(fields: Body) -> Behaviour:
    """The structured output ``fields``: as a tool call where tools are offered, or else as JSON text."""

    def behave(request: Body) -> tuple[int, Body]:
        if request.get("tools"):
            call = {"name": request["tools"][0]["function"]["name"], "arguments": json.dumps(fields)}
            message: Body = {
                "content": None,
                "tool_calls": [{"id": "call_1", "type": "function", "function": call}],
            }
            return 200, completion(request, message, "tool_calls")
        return 200, completion(request, {"content": json.dumps(fields)})

    return behave


def saying(text: str) -> Behaviour:
    """Plain ``text``, whatever was asked for."""
    return lambda request: (200, completion(request, {"content": text}))


def failure(status: int, message: str = "the model fell over") -> Behaviour:
    """An HTTP error."""
    return lambda request: (status, {"error": {"message": message, "type": "server_error", "code": None}})


def slow(seconds: float, then: Behaviour) -> Behaviour:
    """``then``, after ``seconds``."""

    def behave(request: Body) -> tuple[int, Body | str]:
        time.sleep(seconds)
        return then(request)

    return behave


def garbage(text: str) -> Behaviour:
    """A body that is no JSON at all."""
    return lambda request: (200, text)


def completion(request: Body, message: Body, finish: str = "stop") -> Body:
    """A chat completion with one ``message``."""
    return {
        "id": "chatcmpl-test",
        "object": "chat.completion",
        "created": 0,
        "model": request.get("model", "test"),
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", **message}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


class OpenAIServer:
    """The server; a context manager. ``url`` is the base URL that a client is given."""

    def __init__(self, behaviours: Sequence[Behaviour]) -> None:
        self._behaviours = list(behaviours)
        self._lock = threading.Lock()
        self.requests: list[Body] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Base URL, such as http://127.0.0.1:40123/v1."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next_behaviour(self, request: Body) -> Behaviour:
        """Note ``request`` and take the behaviour that is due."""
        with self._lock:
            self.requests.append(request)
            return self._behaviours[min(len(self.requests), len(self._behaviours)) - 1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                request = json.loads(self.rfile.read(length))
                status, body = owner.next_behaviour(request)(request)
                sent = (body if isinstance(body, str) else json.dumps(body)).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(sent)))
                    self.end_headers()
                    self.wfile.write(sent)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the client has given up waiting, which is what some tests are about

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler
