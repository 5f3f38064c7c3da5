"""The application factory."""

from flask import Flask

from legacy import (
    access,  # noqa: F401  registers the user and token loaders
    accounts,
    apidocs,
    config,
    content,
    data,
    database,
    employees,
    errors,
    events,
    exports,
    files,
    health,
    hooks,
    jobs,
    pages,
)
from legacy.content import cache, cms
from legacy.extensions import cors, csrf, db, jwt, login_manager

# Programs call these, with a key or a token in a header: no browser sends those by itself, so they need no CSRF token.
PROGRAM_BLUEPRINTS = (employees.bp, data.bp, files.api, jobs.bp)
CORS_PATHS = r"/(employees?|departments|articles|aggregate|auth|whoami|api)(/.*)?$"


def create_app(overrides=None):
    app = Flask(__name__)
    app.config.update(config.load())
    app.config.update(overrides or {})

    db.init_app(app)
    login_manager.init_app(app)
    jwt.init_app(app)
    csrf.init_app(app)
    cors.init_app(app, resources={CORS_PATHS: {"origins": app.config["CORS_ORIGINS"], "supports_credentials": True}})
    app.extensions["cache"] = cache.build(app.config)
    app.extensions["cms"] = cms.build(app.config)

    hooks.register(app)
    errors.register(app)
    for blueprint in PROGRAM_BLUEPRINTS:
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    for module in (pages, files, exports, events, apidocs, health):
        app.register_blueprint(module.bp)
    app.register_blueprint(accounts.pages)
    app.register_blueprint(accounts.tokens)
    app.register_blueprint(content.bp)

    database.prepare(app)
    return app
