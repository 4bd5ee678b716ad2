"""The server: create_app is the only place where its parts are put together."""

from __future__ import annotations

from importlib.metadata import version

from flask import Flask
from flask_login import LoginManager
from flask_smorest import Api
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from server import health
from server.accounts import api as accounts_api
from server.accounts import pages as accounts_pages
from server.accounts.auth import load_person
from server.app_shell import app_shell
from server.blobs import FolderBlobs
from server.clock import Clock, system_now_ms
from server.config import MIB, Settings, read_settings
from server.crew import api as crew_api
from server.crew import pages as crew_pages
from server.db import db, engine_options, read_url
from server.heads import pages as heads_pages
from server.inspections import api as inspections_api
from server.inspections import pages as inspections_pages
from server.inspections import photo_api, sync_api
from server.inspections.store import follow_photos
from server.jobs import register_jobs
from server.logs import register_logs
from server.office import register_office
from server.photos import api as photos_api
from server.vehicles import api as vehicles_api
from server.vehicles import pages as vehicles_pages
from server.web import Wiring, register_web

APIS = (
    health.blp,
    accounts_api.blp,
    sync_api.blp,
    photos_api.blp,
    photo_api.blp,
    inspections_api.blp,
    vehicles_api.blp,
    crew_api.blp,
)
PAGES = (
    accounts_pages.bp,
    inspections_pages.bp,
    vehicles_pages.bp,
    crew_pages.bp,
    heads_pages.bp,
)


def create_app(settings: Settings | None = None, clock: Clock = system_now_ms) -> Flask:
    """The whole product as one WSGI app; settings come from the environment unless given."""
    settings = settings or read_settings()
    register_logs()
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.config.from_mapping(_flask_config(settings))
    if settings.proxies:
        # Only as many hops as stand in front are believed; beyond them anybody could be anybody.
        hops = {"x_for": settings.proxies, "x_proto": settings.proxies, "x_host": settings.proxies}
        app.wsgi_app = ProxyFix(app.wsgi_app, **hops)
    app.extensions["mingcha"] = Wiring(settings, clock, FolderBlobs(settings.photo_dir))
    db.init_app(app)
    _register_sign_in(app)
    _register_routes(app)
    register_web(app)  # last, so that problems look the same wherever they arise
    follow_photos()
    register_jobs(app)
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": read_url(settings),
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings),
        "MAX_CONTENT_LENGTH": max(settings.sync_max_bytes, settings.photo_max_bytes) + MIB,
        "SESSION_COOKIE_SECURE": settings.cookie_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 12 * 3600,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "API_TITLE": "Mingcha",
        "API_VERSION": version("mingcha"),
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
    }


def _register_sign_in(app: Flask) -> None:
    manager = LoginManager(app)
    manager.login_view = "accounts.sign_in"  # type: ignore[assignment]
    manager.login_message = None  # type: ignore[assignment]
    manager.user_loader(load_person)


def _register_routes(app: Flask) -> None:
    csrf = CSRFProtect(app)
    api = Api(app)
    for blueprint in APIS:
        # Phones and programs carry a token in a header, which no foreign page can make them send.
        csrf.exempt(blueprint)
        api.register_blueprint(blueprint)
    for pages in PAGES:
        app.register_blueprint(pages)
    app.register_blueprint(app_shell)
    register_office(app)
