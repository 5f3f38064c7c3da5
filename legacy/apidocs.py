"""The description of the JSON interface, as OpenAPI and as a page."""

import re

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, current_app, jsonify, render_template

from legacy import __version__
from legacy.employees.schemas import EmployeeSchema

bp = Blueprint("apidocs", __name__)

DOCUMENTED = ("employees", "tokens", "content", "data", "api_files", "jobs", "health")
PARAMETER = re.compile(r"<(?:(?P<converter>[a-z]+):)?(?P<name>[a-z_]+)>")
SCHEMAS = {
    None: {"type": "string"},
    "int": {"type": "integer", "minimum": 0},
    "float": {"type": "number", "minimum": 0},
    "uuid": {"type": "string", "format": "uuid"},
}
WITH_EMPLOYEE_BODY = {"employees.create", "employees.replace", "employees.change"}


@bp.get("/openapi.json")
def openapi():
    return jsonify(describe(current_app).to_dict())


@bp.get("/docs")
def docs():
    return render_template("docs.html", spec=describe(current_app).to_dict())


def describe(app):
    """The OpenAPI document of the app's JSON endpoints: what the URL map and the views' first lines say."""
    spec = APISpec(
        title="Staff directory",
        version=__version__,
        openapi_version="3.0.3",
        info={"description": "Employees, articles and files of the company."},
        plugins=[MarshmallowPlugin()],
    )
    spec.components.security_scheme("apiKey", {"type": "apiKey", "in": "header", "name": "X-Api-Key"})
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    spec.components.schema("Employee", schema=EmployeeSchema)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if rule.endpoint.split(".")[0] in DOCUMENTED:
            _add_rule(spec, app, rule)
    return spec


def _add_rule(spec, app, rule):
    summary = (app.view_functions[rule.endpoint].__doc__ or rule.endpoint).strip().splitlines()[0]
    parameters = [
        {"name": match["name"], "in": "path", "required": True, "schema": SCHEMAS[match["converter"]]}
        for match in PARAMETER.finditer(rule.rule)
    ]
    operations = {}
    for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
        operation = {
            "operationId": rule.endpoint,
            "tags": [rule.endpoint.split(".")[0]],
            "summary": summary,
            "responses": {"default": {"description": "See the summary."}},
        }
        if parameters:
            operation["parameters"] = parameters
        if rule.endpoint in WITH_EMPLOYEE_BODY:
            operation["requestBody"] = {"content": {"application/json": {"schema": "Employee"}}}
        operations[method.lower()] = operation
    spec.path(path=PARAMETER.sub(r"{\g<name>}", rule.rule), operations=operations)
