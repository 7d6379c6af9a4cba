"""The hub over HTTP: commands to ``/v1/submissions``, the inbox by cursor from ``/v1/inbox``.

Retries by itself, with the same command id, on a lost connection, a time-out and 503 (honouring ``Retry-After``), until
``patience`` seconds are over; the hub's stored answers make that safe.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import urllib3

from .errors import ConnectorError, HubFailed, NoAnswer, NoRights, Unreachable, WrongPassword
from .framing import Record, Schemas, instant_micros
from .messages import Event, Message, Receipt, Unreadable

_PAUSE = 0.2  # seconds before the first retry; doubles up to _PAUSE_MOST
_PAUSE_MOST = 5.0
_SHAPE = frozenset({400, 404, 409, 413, 422})  # a refusal: an answer, not a failure


class HttpTransport:
    """``url`` like http://host:port, ``system`` its name at the hub, ``key`` its API key."""

    def __init__(
        self,
        url: str,
        system: str,
        key: str,
        *,
        request_seconds: float = 10.0,
        patience: float = 60.0,
        ca_file: str | None = None,
        schemas: Schemas | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.system = system
        self._url = url.rstrip("/")
        self._headers = {"authorization": f"Bearer {key}", "accept": "application/json", "accept-language": "en"}
        self._patience = patience
        self._sleep = sleep
        self._schemas = schemas or Schemas.packaged()
        self._pool = urllib3.PoolManager(
            num_pools=1,
            maxsize=1,
            retries=False,
            timeout=urllib3.Timeout(connect=min(5.0, request_seconds), read=request_seconds),
            ca_certs=ca_file,
        )

    def check(self) -> None:
        """The key is known and serves the inbox of this system. Unreachable, WrongPassword, NoRights."""
        status, body = self._request("GET", "/v1/inbox?after=0&limit=1", patience=0.0)
        if status != 200:
            raise HubFailed(f"the hub answered {status} {body.get('code', '')}", code=str(body.get("code", "")))

    def send(self, record: Record, fields: Mapping[str, Any]) -> Receipt | None:
        """Submit one command; its answer. NoAnswer, HubFailed, WrongPassword, NoRights, Unreachable."""
        command_id = fields["command_id"]
        body = json.dumps({"type": record.name, **record.json(fields)}, ensure_ascii=False).encode()
        status, found = self._request("POST", "/v1/submissions", body, {"idempotency-key": command_id})
        return _receipt(command_id, status, found)

    def send_raw(self, raw: bytes) -> None:
        """Submit bytes as they are, again while nobody answers; whatever the hub says to them is ignored."""
        self._request("POST", "/v1/submissions", raw)

    def answer(self, command_id: str, timeout: float) -> Receipt:
        """The stored answer to a command of this system; polled until ``timeout`` seconds are over."""
        end = time.monotonic() + timeout
        while True:
            status, found = self._request("GET", f"/v1/answers/{command_id}")
            if status == 200:
                return _receipt(command_id, 200, found)
            if time.monotonic() >= end:
                raise NoAnswer(f"no answer to {command_id} within {timeout:g} s")
            self._sleep(_PAUSE)

    def inbox(self, after: int, limit: int, timeout: float) -> list[Message]:
        """The messages after ``after``; asked again until one comes or ``timeout`` seconds are over."""
        end = time.monotonic() + timeout
        while True:
            status, found = self._request("GET", f"/v1/inbox?after={after}&limit={limit}")
            if status != 200:
                raise HubFailed(f"the hub answered {status}", code=str(found.get("code", "")))
            items = [self._message(item) for item in found["items"]]
            for expected, item in enumerate(items, after + 1):
                if item.n != expected:
                    raise ConnectorError(f"inbox message {item.n} where {expected} was due", code="inbox.gap")
            if items or time.monotonic() >= end:
                return items
            self._sleep(min(_PAUSE, max(0.0, end - time.monotonic())))

    def catch_up(self, timeout: float) -> None:
        """Nothing to do: every request sees the whole inbox."""

    def get(self, path: str) -> dict[str, Any]:
        """Any GET of the API as parsed JSON, for figures and lists. HubFailed with the problem's code otherwise."""
        status, found = self._request("GET", path)
        if status != 200:
            raise HubFailed(f"{path}: {status} {found.get('detail', '')}", code=str(found.get("code", "")))
        return found

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()

    def _request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None,
        patience: float | None = None,
    ) -> tuple[int, dict[str, Any]]:  # fmt: skip
        """One request, repeated while repeating helps. The same bytes each time, so the same command id."""
        end = time.monotonic() + (self._patience if patience is None else patience)
        pause = _PAUSE
        while True:
            try:
                status, found, after = self._once(method, path, body, headers or {})
            except urllib3.exceptions.HTTPError as why:
                if time.monotonic() >= end:
                    raise _lost(method, self._url, why) from why
                status, found, after = 503, {}, 0.0
            if status == 401:
                raise WrongPassword(f"the hub does not know this key of {self.system}", field="key")
            if status == 403 and "outcome" not in found:
                raise NoRights(str(found.get("detail") or found.get("title") or "the hub refuses this system"))
            if status != 503:
                return status, found
            if time.monotonic() >= end:
                raise NoAnswer(f"the hub is busy: {found.get('code', '503')}", code=str(found.get("code", "")))
            self._sleep(min(max(after, pause), max(0.0, end - time.monotonic())))
            pause = min(pause * 2, _PAUSE_MOST)

    def _once(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any], float]:
        sent = {**self._headers, **headers}
        if body is not None:
            sent["content-type"] = "application/json"
        response = self._pool.request(method, self._url + path, body=body, headers=sent)
        after = response.headers.get("retry-after", "")
        try:
            found = json.loads(response.data) if response.data else {}
        except ValueError:
            found = {"detail": response.data[:200].decode("utf-8", "replace")}
        plain = found if isinstance(found, dict) else {"items": found}
        return response.status, plain, float(after) if after.isdigit() else 0.0

    def _message(self, item: Mapping[str, Any]) -> Message:
        n, kind = int(item["n"]), item["type"]
        if kind == "answer":
            return Message(n, _receipt(item["command_id"], 200, item))
        at = instant_micros(item["recorded_at"])
        if kind == "unreadable":
            return Message(n, Unreadable(item["offset"], item["code"], item["field"], item["detail"], at))
        event = item["event"]
        name = item["event_type"] if "event_type" in item else (event or {}).get("type", "")
        fields = None
        if event is not None:
            fields = self._schemas.get("event", name).form.from_json(event)
        return Message(
            n, Event(item["position"], name, item["stream"], item["version"], at, item.get("leaf", ""), fields)
        )


def _receipt(command_id: str, status: int, found: Mapping[str, Any]) -> Receipt:
    if status >= 500:
        detail = f"incident {found.get('incident', '')}: {found.get('detail', '')}"
        raise HubFailed(detail, code=str(found.get("code", "")))
    if "outcome" not in found:
        # A command that could not be read has no stored answer; it is a refusal all the same.
        return Receipt(
            command_id, "refused", str(found.get("code", status)), str(found.get("field") or ""),
            str(found.get("detail") or ""),
        )  # fmt: skip
    at = found.get("recorded_at")
    return Receipt(
        command_id, found["outcome"], found.get("code") or "", found.get("field") or "", found.get("detail") or "",
        found.get("dispute"), found.get("version") or 0, found.get("position") or 0,
        instant_micros(at) if at is not None else 0, found.get("referral"),
    )  # fmt: skip


def _lost(method: str, url: str, why: Exception) -> ConnectorError:
    reached = not isinstance(why, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)
    if method == "POST" and reached:
        return NoAnswer(f"{url} was reached but did not answer: send again with the same command id")
    return Unreachable(f"nobody answers at {url}: {type(why).__name__}", field="url")
