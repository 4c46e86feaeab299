"""create_app: the departments' routes, and around them what every request gets.

Every request: an id, a guard (auth.py), a bounded body, headers that keep a browser strict, one
line in the access log without personal data, one observation in the metrics. Every error: an
answer from the catalogue (problems.py). The application refuses to start while a route does not
say who may use it.
"""

from __future__ import annotations

import re
import secrets
import time
from datetime import timedelta
from importlib import import_module

import structlog
from flask import Flask, Response, g, request
from flask_compress import Compress
from flask_smorest import Blueprint as DescribedBlueprint
from prometheus_client import Counter, Histogram
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from server import auth, problems
from server.database import engine_for
from server.described import Described
from server.hints import Hints
from server.settings import Settings
from server.turnstile import Turnstile
from sync.known import Known

VERSION = "0.1.0"
DEPARTMENTS = (
    "server.views",
    "server.office.views",
    "server.handheld.views",
    "server.handheld.views_segments",
    "server.handheld.views_verify",
    "server.handheld.views_pwa",
    "server.handheld.views_photos",
    "server.feeds.views",
    "server.delivery.views",
)
"""Modules whose `blueprint` is served. A new department is one line here."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
}
REQUEST_ID = re.compile(r"\A[A-Za-z0-9._-]{8,64}\Z")

log = structlog.get_logger("talaria.access")
REQUESTS = Counter("talaria_requests", "Requests answered", ["route", "method", "status"])
SECONDS = Histogram(
    "talaria_request_seconds",
    "Time to answer a request",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def create_app(settings: Settings, engine: Engine | None = None) -> Flask:
    """The WSGI application. Without an engine it makes one for `settings`, after the fork.

    Raises RuntimeError when a route declares nobody who may use it.
    """
    app = Flask(__name__, static_folder=None, template_folder="office/templates")
    app.extensions["settings"] = settings
    app.extensions["engine"] = engine if engine is not None else engine_for(settings)
    app.extensions["known"] = Known()
    app.extensions["turnstile"] = Turnstile(most_waiting=settings.web_threads // 4)
    app.extensions["hint"] = Hints(settings.database_url, settings.hint_channel).send
    _configure(app, settings)
    _observe(app)
    auth.install(app)
    Compress(app)
    api = Described(app)
    app.extensions["api"] = api
    problems.install(app)  # after Api, which brings answers to errors of its own
    for department in DEPARTMENTS:
        blueprint = import_module(department).blueprint
        if isinstance(blueprint, DescribedBlueprint):
            api.register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)
    bare = auth.undeclared(app)
    if bare:
        raise RuntimeError(f"These routes declare nobody who may use them: {', '.join(bare)}")
    return app


def _configure(app: Flask, settings: Settings) -> None:
    https = settings.public_url.startswith("https://")
    app.config.update(
        # Never empty: an empty key would let anybody sign a link that sets a password.
        SECRET_KEY=settings.secret_key or secrets.token_urlsafe(48),
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        MAX_FORM_PARTS=2_000,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        SESSION_REFRESH_EACH_REQUEST=False,  # twelve hours in all, not twelve hours of rest
        SESSION_COOKIE_NAME="__Host-talaria" if https else "talaria",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_PATH="/",
        JSON_SORT_KEYS=False,
        # Pages are left uncompressed: they carry a secret beside what a stranger may have typed.
        COMPRESS_MIMETYPES=[
            "application/json",
            "application/problem+json",
            "text/css",
            "text/javascript",
            "text/csv",
            "image/svg+xml",
        ],
        COMPRESS_ALGORITHM=["zstd", "br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["zstd", "gzip"],
        COMPRESS_ZSTD_LEVEL=3,
        COMPRESS_BR_LEVEL=4,
        API_TITLE="Talaria",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )


def _observe(app: Flask) -> None:
    """Request ids, the access log, metrics and headers."""
    https = app.config["SESSION_COOKIE_SECURE"]

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if REQUEST_ID.match(given) else secrets.token_hex(8)
        g.began_s = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        _tell(response)
        return response


def _tell(response: Response) -> None:
    """One line and one observation. The route, never the address typed: that may name a store."""
    route = request.url_rule.rule if request.url_rule else "(none)"
    elapsed_s = time.perf_counter() - g.get("began_s", time.perf_counter())
    REQUESTS.labels(route, request.method, response.status_code).inc()
    SECONDS.labels(route).observe(elapsed_s)
    log.info(
        "request",
        method=request.method,
        route=route,
        status=response.status_code,
        ms=round(elapsed_s * 1000, 1),
        bytes=response.content_length,
        device=g.device.id if "device" in g else None,
        user=g.person.code if "person" in g else None,
    )
