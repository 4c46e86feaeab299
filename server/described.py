"""The OpenAPI description of this server, completed with what only the whole application knows.

The departments' schemas describe themselves; added here are who may make a call (from the needs
the routes declare) and how errors are answered (RFC 9457, from the catalogue).
"""

import re
from typing import Any

from flask import Flask
from flask_smorest import Api
from marshmallow import Schema, fields

from schemas.problem import NEXT, PROBLEMS
from server.auth import need_of

SCHEMES = {
    "handheld": {
        "type": "http",
        "scheme": "bearer",
        "description": "The secret a handheld was given when it enrolled.",
    },
    "program": {
        "type": "http",
        "scheme": "basic",
        "description": "COMPANY/CODE and password of an account, usually of role integration.",
    },
}
VARIABLE = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


class Problem(Schema):
    """What every error answers (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    code = fields.String(required=True, metadata={"enum": sorted(PROBLEMS)})
    remedy = fields.String(required=True)
    next = fields.String(required=True, metadata={"enum": sorted(NEXT)})
    retry_after_s = fields.Integer()
    errors = fields.List(fields.Dict())


class Described(Api):  # type: ignore[misc]
    """Api whose errors are ours."""

    ERROR_SCHEMA = Problem


def spec_of(app: Flask) -> dict[str, Any]:
    """The whole description, as JSON goes; put together once."""
    if "spec" not in app.extensions:
        app.extensions["spec"] = _complete(app)
    spec: dict[str, Any] = app.extensions["spec"]
    return spec


def _complete(app: Flask) -> dict[str, Any]:
    spec: dict[str, Any] = app.extensions["api"].spec.to_dict()
    parts = spec.setdefault("components", {})
    parts["securitySchemes"] = SCHEMES
    parts.get("schemas", {}).pop("PaginationMetadata", None)
    for response in parts.get("responses", {}).values():
        content = response.get("content", {})
        if "application/json" in content:
            content["application/problem+json"] = content.pop("application/json")
    for rule in app.url_map.iter_rules():
        item = spec.get("paths", {}).get(VARIABLE.sub(r"{\1}", rule.rule), {})
        for method in (rule.methods or set()) & {name.upper() for name in item}:
            need = need_of(app.view_functions[rule.endpoint], method)
            roles = need.roles if need is not None else frozenset()
            if "public" not in roles:
                scheme = "handheld" if "rep-device" in roles else "program"
                item[method.lower()]["security"] = [{scheme: []}]
    return spec
