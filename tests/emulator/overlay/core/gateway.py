"""The WSGI application in front of moto: names a call, logs it, runs the hooks."""

from __future__ import annotations

import io
import json
import socket
import sys
import threading
import time
import traceback
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.ec2.exceptions import FilterNotImplementedError

from . import calllog, control, credentials, faults, hooks, paging, tokens, wire
from .hooks import Call, Refusal
from .wire import Reply

# moto's state has no locks of its own; one call at a time also makes the check
# of a client token and the call it guards one step.
_one_at_a_time = threading.Lock()


class Gateway:
    def __init__(self, moto: Any):
        self.moto = moto

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        body = _body(environ)
        path = environ.get("PATH_INFO", "")
        if path.startswith("/_bastionless/"):
            reply = control.handle(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), body)
        elif path.startswith("/moto-api"):
            with _one_at_a_time:
                reply = self._moto(environ, body)
                if path == "/moto-api/reset":
                    control.reset()
        elif call := wire.identify(environ, body):
            reply = self._logged(call, environ, body)
        else:
            with _one_at_a_time:
                reply = self._moto(environ, body)
        status, headers, payload = reply
        headers = {k: v for k, v in headers.items() if k.lower() not in ("content-length", "status")} if payload else headers
        if payload:
            headers["Content-Length"] = str(len(payload))
        start_response(f"{status} {_reason(status)}", list(headers.items()))
        return [payload]

    def _logged(self, call: Call, environ: dict[str, Any], body: bytes) -> Reply:
        entry = calllog.start(call)
        fault = faults.take(call)
        reply = self._with_fault(fault, call, environ, body) if fault else self._answer(call, environ, body)
        entry["fault"] = bool(fault)
        calllog.finish(entry, reply[0], wire.error_code(*reply))
        return reply

    def _with_fault(self, fault: dict[str, Any], call: Call, environ: dict[str, Any], body: bytes) -> Reply:
        late = bool(fault.get("after"))
        done = self._answer(call, environ, body) if late else None
        time.sleep(float(fault.get("delay_seconds", 0)))
        if fault.get("abort"):
            _hang_up(environ)
            return wire.error(call, "ConnectionAborted", "closed by a fault", 500)
        if "code" in fault:
            return wire.error(call, fault["code"], fault.get("message", "injected fault"), int(fault.get("status", 400)))
        return done or self._answer(call, environ, body)

    def _answer(self, call: Call, environ: dict[str, Any], body: bytes) -> Reply:
        with _one_at_a_time:
            hooks.set_current(call)
            try:
                return self._checked(call, environ, body)
            except Refusal as no:
                return wire.error(call, no.code, no.message, no.status)
            except ServiceException as theirs:  # moto's own, out of a lookup of ours
                return wire.result(call, theirs)
            except FilterNotImplementedError as unknown:
                return wire.error(call, "InvalidParameterValue", f"{unknown} is invalid", 400)
            except NotImplementedError:
                return _not_there(call)
            except Exception as bug:
                if not self.moto.get_backend_for_host(f"{call.signed}.{call.region}.amazonaws.com"):
                    return _not_there(call)  # a service moto does not have at all
                # A 4xx of our own: as a 500 every SDK would repeat the call and hide it.
                traceback.print_exc(file=sys.stderr)
                return wire.error(call, "EmulatorFault", f"{type(bug).__name__}: {bug} (see the emulator's log)", 400)
            finally:
                hooks.set_current(None)

    def _checked(self, call: Call, environ: dict[str, Any], body: bytes) -> Reply:
        credentials.check(call)
        if not wire.known(call) and not (call.service == "s3" and not call.action):
            return _not_there(call)
        tokens.refuse_dry_run(call)
        if kept := tokens.recall(call):
            return kept
        paging.check(call)
        key = (call.service, call.action)
        for hook in hooks.BEFORE.get(key, []):
            hook(call)
        own = hooks.ANSWERS[key](call) if key in hooks.ANSWERS else None
        if own is not None:
            reply = wire.result(call, paging.page(call, hooks.run_after(call, own)))
        else:
            reply = _json_hooks(call, self._moto(environ, body))
        tokens.keep(call, reply)
        return reply

    def _moto(self, environ: dict[str, Any], body: bytes) -> Reply:
        seen: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
            seen["status"], seen["headers"] = int(status.split()[0]), dict(headers)

        chunks = self.moto({**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}, start_response)
        try:
            payload = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return seen["status"], seen["headers"], payload


def _json_hooks(call: Call, reply: Reply) -> Reply:
    """After-hooks for the services whose moto code builds its JSON text itself."""
    status, headers, payload = reply
    wanted = hooks.AFTER.get((call.service, call.action))
    if not wanted or call.hooked or status != 200:
        return reply
    if call.protocol != "json":
        hooks.run_after(call, None)  # the hook acts on state; the text stays
        return reply
    value = hooks.run_after(call, json.loads(payload or b"{}") or {})
    return status, headers, json.dumps(value).encode()


_serialized = BaseResponse.serialized


def _serialized_with_hooks(self: BaseResponse, action_result: ActionResult) -> Any:
    """moto is about to turn a result into text: the last moment it is still objects."""
    call, value = hooks.current(), action_result.result
    if call and not call.hooked and not isinstance(value, Exception):
        value = paging.page(call, hooks.run_after(call, value))
        if type(action_result) is ActionResult or value is not action_result.result:
            action_result = type(action_result)(value) if value is not None else action_result
    return _serialized(self, action_result)


BaseResponse.serialized = _serialized_with_hooks  # type: ignore[method-assign]


def _not_there(call: Call) -> Reply:
    code = "InvalidAction" if call.protocol in ("ec2", "query") else "UnknownOperationException"
    if call.protocol == "rest-xml":
        return wire.error(call, "NotImplemented", f"the emulator has no {call.service} {call.action}", 400)
    return wire.error(call, code, f"The action {call.action} is not valid for this web service.", 400)


def _body(environ: dict[str, Any]) -> bytes:
    stream, length = environ["wsgi.input"], environ.get("CONTENT_LENGTH")
    if environ.get("wsgi.input_terminated"):
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        return stream.read()
    return stream.read(int(length)) if length else b""


def _hang_up(environ: dict[str, Any]) -> None:
    if connection := environ.get("werkzeug.socket"):
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def _reason(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
