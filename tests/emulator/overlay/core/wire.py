"""Between HTTP and `Call`: recognise a request, write results and errors.

moto's own parsers and serialisers do the work, driven by the botocore model,
so one description covers the query, EC2, JSON and REST-XML protocols.
"""

from __future__ import annotations

import io
import json
import re
import traceback
import uuid
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import XFormedAttributePicker, get_serializer_class
from moto.core.utils import get_service_model

from . import accounts
from .hooks import Call

# Signing name -> name of the botocore model, where the two differ.
MODEL_OF = {
    "tagging": "resourcegroupstaggingapi",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "access-analyzer": "accessanalyzer",
    "elasticloadbalancing": "elbv2",
}
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")

Reply = tuple[int, dict[str, str], bytes]


def identify(environ: dict[str, Any], body: bytes) -> Call | None:
    """The call a signed request makes, or None when it is not one."""
    query = environ.get("QUERY_STRING", "")
    scope = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if not scope and "X-Amz-Credential" in query:  # a presigned URL
        scope = _CREDENTIAL.search("Credential=" + parse_qs(query)["X-Amz-Credential"][0])
    if not scope:
        return None
    key, region, signed = scope.groups()
    service = MODEL_OF.get(signed.lower(), signed.lower())
    account = environ.get("HTTP_X_MOTO_ACCOUNT_ID") or accounts.of_key(key)
    call = Call(service, "", "json", region, account, key, signed.lower(), environ["REQUEST_METHOD"])
    try:
        model = get_service_model(service)
        request = _request(environ, body)
        call.protocol = determine_request_protocol(model, request.content_type)
        call.action, in_path = _action(service, request)
        parser = PROTOCOL_PARSERS[call.protocol](model.operation_model(call.action))
        call.params = _plain(
            parser.parse(
                {
                    "method": request.method,
                    "values": request.values,
                    "headers": request.headers,
                    "body": body,
                    "url_path": request.path,
                    "url_params": in_path,
                }
            )
        ) or {}
    except Exception:  # unknown service or action: the gateway refuses it by name
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if not call.action and target:
            call.action = target.split(".")[-1]
        if known(call):  # a parser that fails on a good request is a bug: show it
            traceback.print_exc()
    return call


def _request(environ: dict[str, Any], body: bytes) -> Request:
    return Request({**environ, "wsgi.input": io.BytesIO(body)})


def _action(service: str, request: Request) -> tuple[str, dict[str, Any]]:
    if name := request.values.get("Action"):
        return name, {}
    if target := request.headers.get("x-amz-target"):
        return target.split(".")[-1], {}
    operation, in_path = get_service_router(service).match(request)
    return operation.name, in_path


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value


def known(call: Call) -> bool:
    """Whether AWS has such an action at all."""
    try:
        return call.action in get_service_model(call.service).operation_names
    except Exception:
        return False


def operation(call: Call) -> Any:
    return get_service_model(call.service).operation_model(call.action)


def result(call: Call, value: Any) -> Reply:
    """A result dict as the bytes AWS would send for this action."""
    serializer = get_serializer_class(call.service, call.protocol)(
        operation_model=operation(call), pretty_print=False, value_picker=XFormedAttributePicker()
    )
    done = serializer.serialize(value)
    headers = {k: str(v) for k, v in done["headers"].items()}
    body = done["body"] or b""
    return done["status_code"], headers, body.encode() if isinstance(body, str) else body


def error(call: Call | None, code: str, message: str, status: int) -> Reply:
    """An error in the shape of the caller's protocol."""
    protocol = call.protocol if call else "rest-xml"
    request_id = str(uuid.uuid4())
    code, text = escape(code), escape(message)
    if protocol == "ec2":
        body = f"<Response><Errors><Error><Code>{code}</Code><Message>{text}</Message></Error></Errors><RequestID>{request_id}</RequestID></Response>"
    elif protocol == "query":
        fault = "Sender" if status < 500 else "Receiver"
        body = f"<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code><Message>{text}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    elif protocol == "rest-xml":
        body = f"<Error><Code>{code}</Code><Message>{text}</Message><RequestId>{request_id}</RequestId></Error>"
    else:
        kind = "application/json" if protocol == "rest-json" else "application/x-amz-json-1.1"
        payload = json.dumps({"__type": code, "message": message})
        return status, {"Content-Type": kind, "x-amzn-ErrorType": code, "x-amzn-RequestId": request_id}, payload.encode()
    if call and call.method == "HEAD":
        body = ""
    else:
        body = '<?xml version="1.0" encoding="UTF-8"?>\n' + body
    return status, {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}, body.encode()


_XML_CODE = re.compile(rb"<Code>([^<]+)</Code>")


def error_code(status: int, headers: dict[str, str], body: bytes) -> str | None:
    """The error code of a finished answer, for the call log."""
    if status < 400:
        return None
    if found := _XML_CODE.search(body):
        return found[1].decode()
    try:
        kind = json.loads(body).get("__type")
    except ValueError:
        kind = None
    kind = kind or next((v for k, v in headers.items() if k.lower() == "x-amzn-errortype"), None)
    return kind.split("#")[-1].split(":")[0] if kind else str(status)
