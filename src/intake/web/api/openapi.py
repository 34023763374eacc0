"""``/api/openapi.json``, made of the table of endpoints and the models that really check and render."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from intake.pipeline import announce
from intake.web.api.access import SCOPES
from intake.web.api.endpoints import ENDPOINTS, Endpoint
from intake.web.api.problems import MEDIA_TYPE

REF = "#/components/schemas/{model}"
FAILURES = {
    "401": "no valid token",
    "403": "the token lacks the scope",
    "404": "there is no such thing",
    "422": "something of the request cannot be used",
    "429": "too many requests; Retry-After says when to ask again",
    "503": "not possible just now; ask again",
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "string"}}},
    },
}


@cache
def document() -> Mapping[str, Any]:
    """The whole document."""
    inputs = [(e.body, "validation") for e in ENDPOINTS if e.body]
    outputs = [(e.answer, "serialization") for e in ENDPOINTS]
    _, schemas = models_json_schema([*inputs, *outputs], ref_template=REF)  # type: ignore[list-item]
    scopes = "; ".join(f"{scope}: {what}" for scope, what in SCOPES.items())
    paths: dict[str, dict[str, Any]] = {}
    for e in ENDPOINTS:
        paths.setdefault(f"/api/v1{e.path}", {})[e.method.lower()] = _operation(e)
    return {
        "openapi": "3.1.0",
        "info": {"title": "intake", "version": "1", "description": "For the agency's own system."},
        "paths": paths,
        "webhooks": {"event": {"post": _webhook()}},
        "components": {
            "schemas": {**schemas["$defs"], "Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": scopes}},
        },
    }


def _operation(e: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {
        "summary": e.summary,
        "operationId": _name(e),
        "security": [{"token": [e.scope]}],
        "parameters": _parameters(e),
        "responses": _responses(e),
    }
    if e.body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(e.body)}}}
    return found


def _name(e: Endpoint) -> str:
    return "_".join([e.method.lower(), *re.findall(r"[a-z_]+", e.path)])


def _parameters(e: Endpoint) -> list[dict[str, Any]]:
    text = {"schema": {"type": "string"}}
    found: list[dict[str, Any]] = [
        {"name": n, "in": "path", "required": True, **text} for n in re.findall(r"\{(\w+)\}", e.path)
    ]
    found += [{"name": n, "in": "query", "required": False, "description": d, **text} for n, d in e.query]
    if e.does is not None:
        described = "the same key with the same request is done once; kept for seven days"
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "description": described, **text})
    return found


def _responses(e: Endpoint) -> dict[str, Any]:
    content = {"application/json": {"schema": _ref(e.answer)}}
    found: dict[str, Any] = {"200": {"description": "done", "content": content}}
    if e.creates:
        found["201"] = {"description": "made", "content": content}
    problem = {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="Problem")}}}
    failures = FAILURES | ({"400": "the body is not JSON", "413": "the body is too large"} if e.body else {})
    return found | {status: {"description": why, "content": problem} for status, why in sorted(failures.items())}


def _webhook() -> dict[str, Any]:
    types = ", ".join(announce.types())
    return {
        "summary": f"Sent to INTAKE_WEBHOOKS_OUT, signed as Standard Webhooks 1.0.0; types: {types}",
        "requestBody": {"content": {"application/json": {"schema": {"$ref": REF.format(model="EventShown")}}}},
        "responses": {"2XX": {"description": "taken"}},
    }


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}
