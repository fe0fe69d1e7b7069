"""SSM documents: versions, schemas, filters, and the documents AWS provides."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import yaml
from moto.ssm.models import Document

from .core.hooks import Call, Refusal, after, answer, before

# Document type -> schema versions it may have.
SCHEMAS = {
    "Session": ("1.0",),
    "Command": ("1.2", "2.0", "2.2"),
    "Automation": ("0.3",),
    "Policy": ("2.0",),
    "Package": ("2.0",),
}
_PORT = {"type": "String", "default": "22", "allowedPattern": "^([1-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-5]{2}[0-3][0-5])$"}
_AWS_OWNED = {
    "AWS-StartSSHSession": {"portNumber": _PORT},
    "AWS-StartPortForwardingSession": {"portNumber": _PORT, "localPortNumber": {**_PORT, "default": "0"}},
    "AWS-StartPortForwardingSessionToRemoteHost": {"portNumber": _PORT, "localPortNumber": {**_PORT, "default": "0"}, "host": {"type": "String"}},
    "AWS-StartInteractiveCommand": {"command": {"type": "StringList"}},
    "AWS-StartNonInteractiveCommand": {"command": {"type": "StringList"}},
}


PLATFORMS = ["Windows", "Linux", "MacOS"]

_init = Document.__init__


def _with_platforms(self: Any, *args: Any, **kwargs: Any) -> None:
    _init(self, *args, **kwargs)
    self.platform_types = list(PLATFORMS)  # moto says that it does not know


Document.__init__ = _with_platforms  # type: ignore[method-assign]


@after("ssm", "ListDocuments")
def _last_page(call: Call, result: Any) -> Any:
    """The last page has no token; moto sends an empty one, which loops some clients."""
    return {**result, "NextToken": result.get("NextToken") or None}


def gone(name: str) -> Refusal:
    return Refusal("InvalidDocument", "The specified document does not exist.")


def _own(call: Call) -> Any:
    name = call.get("Name", "").rsplit(":document/", 1)[-1]
    held = call.backend("ssm")._documents.get(name)
    if not held:
        raise gone(name)
    return held


def _content(document: Any) -> dict[str, Any]:
    return document.content_json


@before("ssm", "CreateDocument", "UpdateDocument")
def _schema(call: Call) -> None:
    """The schema has to fit the type; moto takes any pair."""
    ssm = call.backend("ssm")
    kind = call.get("DocumentType", "Command")
    if call.action == "UpdateDocument" and call.get("Name") in ssm._documents:
        kind = ssm._documents[call.get("Name")].get_latest_version().document_type
    text = call.get("Content", "")
    try:
        content = yaml.safe_load(text) if call.get("DocumentFormat") == "YAML" else json.loads(text)
    except (ValueError, yaml.YAMLError):
        content = None
    if not isinstance(content, dict):
        raise Refusal("InvalidDocumentContent", "The content for the document is not valid.")
    version = str(content.get("schemaVersion", ""))
    if kind in SCHEMAS and version not in SCHEMAS[kind]:
        raise Refusal("InvalidDocumentSchemaVersion", f"The schema version {version or 'missing'} is not supported for document type {kind}.")
    if kind == "Session" and content.get("sessionType") not in ("Standard_Stream", "InteractiveCommands", "NonInteractiveCommands", "Port"):
        raise Refusal("InvalidDocumentContent", f"The session type {content.get('sessionType')} is not valid.")


@answer("ssm", "GetDocument")
def _get(call: Call) -> dict[str, Any]:
    name = call.get("Name", "")
    if name in _AWS_OWNED and name not in call.backend("ssm")._documents:
        return _aws_get(name)
    held = _own(call)
    document = _version(call, held)
    form = call.get("DocumentFormat", document.document_format)
    return {
        **call.backend("ssm")._generate_document_information(document, form),
        "CreatedDate": document.created_date,
    }


def _version(call: Call, held: Any) -> Any:
    wanted, named = call.get("DocumentVersion"), call.get("VersionName")
    wanted = {"$LATEST": held.latest_version, "$DEFAULT": held.default_version}.get(wanted, wanted)
    if not wanted and not named:
        wanted = held.default_version
    for number, document in held.versions.items():
        if (not wanted or number == wanted) and (not named or document.version_name == named):
            return document
    raise Refusal("InvalidDocumentVersion", "The document version is not valid or does not exist.")


@before("ssm", "DescribeDocument")
def _dollar(call: Call) -> None:
    if call.get("Name") not in _AWS_OWNED:
        _version(call, _own(call))


@answer("ssm", "DescribeDocument")
def _describe(call: Call) -> dict[str, Any]:
    ssm, name = call.backend("ssm"), call.get("Name", "")
    if name in _AWS_OWNED and name not in ssm._documents:
        return {"Document": _aws_description(name)}
    held = _own(call)
    document = _version(call, held)
    content = _content(document)
    digest = hashlib.sha256(str(document.content).encode()).hexdigest()
    described = {
        "Name": document.name,
        "Owner": document.owner,
        "CreatedDate": document.created_date,
        "Status": document.status,
        "DocumentVersion": document.document_version,
        "VersionName": document.version_name,
        "Description": document.description,
        "Parameters": _parameters(content),
        "PlatformTypes": PLATFORMS,
        "DocumentType": document.document_type,
        "SchemaVersion": document.schema_version,
        "LatestVersion": held.latest_version,
        "DefaultVersion": held.default_version,
        "DocumentFormat": document.document_format,
        "TargetType": document.target_type,
        "Hash": digest,
        "HashType": "Sha256",
        "Tags": ssm._get_documents_tags(document.name),
        "Requires": document.requires or None,
    }
    return {"Document": {k: v for k, v in described.items() if v not in (None, [])}}


def _parameters(content: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for name, held in (content.get("parameters") or {}).items():
        default = held.get("default", held.get("defaultValue"))
        row = {"Name": name, "Type": held.get("type"), "Description": held.get("description")}
        if default is not None:
            row["DefaultValue"] = default if isinstance(default, str) else json.dumps(default)
        rows.append({k: v for k, v in row.items() if v is not None})
    return rows


@answer("ssm", "ListDocumentVersions")
def _versions(call: Call) -> dict[str, Any]:
    held = _own(call)
    rows = [
        {
            "Name": d.name,
            "DocumentVersion": number,
            "VersionName": d.version_name,
            "CreatedDate": d.created_date,
            "IsDefaultVersion": number == held.default_version,
            "DocumentFormat": d.document_format,
            "Status": d.status,
        }
        for number, d in held.versions.items()
    ]
    rows.sort(key=lambda r: -int(r["DocumentVersion"]))
    start = int(call.get("NextToken", "0"))
    end = start + int(call.get("MaxResults", 50))
    page = {"DocumentVersions": rows[start:end]}
    if end < len(rows):
        page["NextToken"] = str(end)
    return page


# ---- the documents AWS provides; read only


def _aws_content(name: str) -> dict[str, Any]:
    kind = "Port" if "Port" in name or name.endswith("SSHSession") else "InteractiveCommands"
    return {"schemaVersion": "1.0", "description": name, "sessionType": kind, "parameters": _AWS_OWNED[name]}


def _aws_get(name: str) -> dict[str, Any]:
    return {"Name": name, "DocumentVersion": "1", "Status": "Active", "Content": json.dumps(_aws_content(name)), "DocumentType": "Session", "DocumentFormat": "JSON"}


def _aws_description(name: str) -> dict[str, Any]:
    content = _aws_content(name)
    return {
        "Name": name,
        "Owner": "Amazon",
        "Status": "Active",
        "DocumentVersion": "1",
        "LatestVersion": "1",
        "DefaultVersion": "1",
        "Description": name,
        "DocumentType": "Session",
        "SchemaVersion": "1.0",
        "DocumentFormat": "JSON",
        "PlatformTypes": PLATFORMS,
        "Parameters": _parameters(content),
        "Tags": [],
    }
