"""Error answers: HTML pages for people, JSON below the paths that programs use."""

from flask import jsonify, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

JSON_PATHS = (
    "/api/",
    "/aggregate",
    "/articles",
    "/auth/",
    "/data",
    "/departments",
    "/employee",
    "/health",
    "/webhooks/",
    "/whoami",
)


class ValidationFailed(HTTPException):
    """422, with what is wrong in each field: `{"salary": ["Not a valid number."]}`."""

    code = 422
    description = "Some fields are not valid."

    def __init__(self, fields):
        super().__init__()
        self.fields = fields


def wants_json():
    if request.path.startswith(JSON_PATHS):
        return True
    accept = request.accept_mimetypes
    return accept.best_match(["text/html", "application/json"]) == "application/json"


def handle_http_exception(error):
    """Keep the exception's status and headers (Allow, Retry-After), replace its body."""
    response = error.get_response()
    if wants_json():
        details = {"code": error.code, "name": error.name, "message": error.description}
        if isinstance(error, ValidationFailed):
            details["fields"] = error.fields
        response.data = jsonify(error=details).data
        response.content_type = "application/json"
    else:
        response.data = render_template("error.html", error=error)
        response.content_type = "text/html; charset=utf-8"
    return response


def register(app):
    app.register_error_handler(HTTPException, handle_http_exception)
    app.register_error_handler(InternalServerError, handle_http_exception)  # for what is no HTTPException
