"""HTTP that belongs to no department: how the server is, its description, the way in."""

import os
from typing import Any

import msgspec
from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from schemas.problem import NEXT, PROBLEMS
from server import asking, auth, migrate
from server.auth import needs
from server.described import spec_of

blueprint = Blueprint("site", __name__)


@blueprint.get("/")
@needs("public")
def front() -> Response:
    """People who come without an address are shown to the console."""
    return redirect(url_for("office.orders.board"))  # type: ignore[return-value]


@blueprint.get("/healthz")
@needs("public")
def alive() -> dict[str, str]:
    """This process answers. Says nothing about the database."""
    return {"state": "alive"}


@blueprint.get("/readyz")
@needs("public")
def ready() -> tuple[dict[str, str], int]:
    """The database answers and its tables are those of this version."""
    at, wanted = migrate.current(asking.engine()), migrate.head()
    if at != wanted:
        return {"state": "waiting", "for": "migrations", "database": at or "empty"}, 503
    return {"state": "ready"}, 200


@blueprint.get("/metrics")
@needs("public")
def metrics() -> Response:
    """Prometheus metrics of all web processes. Counts by route; no names, no values of orders.

    From another machine only to a program that names itself (HTTP Basic).
    """
    if request.remote_addr not in ("127.0.0.1", "::1"):
        auth.check_program("admin", "integration")
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@blueprint.get("/docs")
@needs("public")
def docs() -> str:
    """The HTTP interface, readable."""
    spec = spec_of(current_app)
    return render_template("docs.html", spec=spec, calls=list(_calls(spec)))


@blueprint.get("/docs/openapi.json")
@needs("public")
def openapi() -> Response:
    """The same for programs: OpenAPI 3.1."""
    return Response(msgspec.json.encode(spec_of(current_app)), content_type="application/json")


@blueprint.get("/docs/problems")
@needs("public")
def problem_list() -> str:
    """Every error the server can answer, and what to do about each."""
    return render_template("problems.html", problems=PROBLEMS, advice=NEXT)


def _calls(spec: dict[str, Any]) -> Any:
    """(method, path, operation) of the description, in the order of paths."""
    for path, item in sorted(spec.get("paths", {}).items()):
        for method in ("get", "post", "put", "patch", "delete"):
            if method in item:
                yield method.upper(), path, item[method]
