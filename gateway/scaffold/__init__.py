"""`gateway scaffold`: a FastAPI stub for a legacy route, with models from the code and from what was observed.

observations.py     what legacy was seen to answer: evidence, a HAR, recorded requests asked again
stub.py             what the text of one function needs
plan.py             what is known of a route, put together: parameters, models, switches, what was not understood
path.py             a rule as FastAPI's path
answers.py          what is answered, and with which status
protection.py       what refuses a request before the view runs: CSRF, logins, tokens
annotations.py      types as Python annotations, shapes as Pydantic models
signature.py        the parameters of a function
module.py           the text of the router's module
parity_test.py      the text of its test
parity.py           what that test calls: both sides asked in this process, and compared
formatting.py       text as the project's own formatter lays it out
making.py           all of it for the routes of a map
"""
