"""What a Flask view takes and gives, read off its source, its schemas and what it was seen to send.

shape.py                the common language: members, their types, what may be null and what may be missing
view.py                 the function behind a rule, without its wrappers, and its source
arguments.py            what the source reads of a request: query, form, JSON, headers
returns.py              what the source returns: text, JSON, a response of its own; with which status
guards.py               what is wrapped around it: logins, tokens, the application's own
schemas.py              which Marshmallow schemas, RESTX models and parsers a view is declared with or uses
fields.py               fields of such libraries, by the names of their classes
marshmallow_schema.py   a Marshmallow schema as a shape
restx_model.py          RESTX models as shapes, and parsers as arguments
observed.py             JSON values as shapes
agreement.py            what is declared and what was observed, as one
"""
