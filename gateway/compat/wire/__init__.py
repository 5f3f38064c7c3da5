"""Flask's wire format for a FastAPI application, one switch a trap: applied per application, router or route.

    install.py      the whole application: install(app, "json.http_dates", "errors.pages", ...)
    route.py        one router: APIRouter(route_class=flask_route("params.first_value", ...))
    choice.py       one route: @kept("json.http_dates"), @dropped("json.text_form")
    switches.py     every switch: its name, and what clients go on to see

    near_miss.py    a route under another path or method: detour.py, paths.py, converters.py, methods.py, hooked.py
    request.py      what an endpoint is given: query.py, forms.py, cookies_sent.py, lax_body.py, declared.py
    endpoint.py     what it returns: returned.py, shapes.py (text, tuples, streams), json_form.py (dates, decimals)
    errors.py       what an error becomes: refusals.py, error_page.py
    answer.py       what becomes of any answer: redirects.py, cookies_set.py, files.py, conditional.py
    environs.py     the request as Werkzeug and Flask see it

Each use of a switch is counted in `gateway_compat_applied_total{switch}`, and only where it made a difference:
a switch whose count stands still for as long as clients need to come by can be taken out.
"""
