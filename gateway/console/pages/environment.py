"""The templates' engine: everything is escaped, and a name that is missing is an error instead of a hole."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from gateway.console.pages import words
from gateway.console.pages.address import address, route_address, sample_address
from gateway.console.pages.asked import column_order
from gateway.console.pages.charts import chart_json, legend, numbers
from gateway.console.pages.drawing import TICKS, nines, pieces
from gateway.console.pages.map_text import MapText
from gateway.console.pages.marks import mark, runs
from gateway.console.pages.places import places
from gateway.console.pages.prose import segments, sentence, typed
from gateway.console.pages.yaml_text import parts_of
from gateway.routing.mode import Mode


def create_environment() -> Environment:
    """Templates with our words as filters. Nothing in them comes from a request."""
    environment = Environment(
        loader=PackageLoader("gateway.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "percent": words.percent,
        "rate": words.rate,
        "count": words.count,
        "duration": words.duration,
        "times": words.times,
        "size": words.size,
        "moment": words.moment,
        "machine_moment": words.machine_moment,
        "short": words.short,
        "chart_json": chart_json,
        "legend": legend,
        "numbers": numbers,
        "nines": nines,
        "map_text": MapText(environment),
        "parts_of": parts_of,
        "places": places,
        "runs": runs,
        "route_address": route_address,
        "sample_address": sample_address,
        "segments": segments,
        "sentence": sentence,
        "typed": typed,
    }
    environment.globals |= {
        "address": address,
        "ago": words.ago,
        "column_order": column_order,
        "mark": mark,
        "pieces": pieces,
        "plural": words.plural,
        "rungs": tuple(mode.value for mode in Mode),
        "ticks": TICKS,
    }
    return environment
