"""A map that uses most of the format."""

from __future__ import annotations

A_MAP = """\
# yaml-language-server: $schema=gateway/mapfile/migration_map.schema.json
version: 1
backends:
  legacy: {wsgi: "legacy.app:create_app()", threads: 40}   # or {url: "http://10.0.0.5:5000"}
  v2:     {asgi: "v2.main:create_app()", isolation: thread} # thread (default) | inline | or {url: ...}
defaults:                                                   # for every route, and for paths that no route names
  mode: legacy
  timeout: 30s
routes:
  - id: employees.get
    path: /employee/<int:id>          # Flask's own template language
    methods: [GET]                    # left out: every method
    mode: shadow
    compare:
      excuse:
        - {at: "$.generated_at", reason: "clock", expires: 2099-03-01}
      unordered: ["$.tags", {at: "$.items", by: id}]
      tolerance: [{at: "$.score", within: 0.001}]

  # Everything below /articles moves together.
  - id: articles
    path: /articles/<path:rest>
    mode: 'canary'
    canary: {percent: 10, sticky: "cookie:session"}
    shadow: {sample: 5%}              # keeps comparing, whichever side serves
    fallback: {on: [exception, timeout, 5xx]}
    gate: {parity: 99.9%, confidence: 95%, latency: 1.2}
  - {id: health, path: /health, methods: [GET]}
"""
