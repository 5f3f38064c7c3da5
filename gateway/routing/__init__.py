"""Which side answers a request: canonical paths, the route table, the plan. Pure: no I/O, no clock, no framework."""
