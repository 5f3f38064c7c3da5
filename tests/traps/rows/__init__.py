"""The rows, by group."""

from tests.traps.pair import Row
from tests.traps.rows import answers, parsing, routing, values


def every_row() -> tuple[Row, ...]:
    return (*routing.ROWS, *parsing.ROWS, *values.ROWS, *answers.ROWS)
