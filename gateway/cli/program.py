"""The program `gateway`: its verbs, and what all of them do with errors.

A verb is a function in the file of its name. It raises `GatewayError` for what people can put right; the exit code is
the error's own. The heavy imports are inside the verbs, so that help, completion and `--version` are quick.
"""

from __future__ import annotations

import errno
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gateway.cli import doctor, routes, serve
from gateway.cli.render import Output
from gateway.errors import GatewayError

UNREACHABLE = 3


class Verbs(TyperGroup):
    """Turns expected errors into a sentence and an exit code; `--debug` shows where they came from."""

    def invoke(self, ctx: Any) -> object:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except GatewayError as error:
            if ctx.params.get("debug"):
                raise
            Output().failure(error)
            raise typer.Exit(error.exit_code) from None
        except OSError as error:
            if ctx.params.get("debug") or error.errno == errno.EPIPE:
                raise
            Output().error(f"{error.filename}: {error.strerror}" if error.filename else str(error))
            raise typer.Exit(UNREACHABLE) from None


def program() -> typer.Typer:
    """The program, with every verb that exists."""
    app = typer.Typer(
        cls=Verbs,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_gateway)
    for verb in (
        doctor.doctor,
        serve.serve,
        routes.routes,
    ):
        app.command()(verb)
    return app


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415  needed here only

        typer.echo(f"gateway {version('flask-fastapi-gateway')}")
        raise typer.Exit


def _gateway(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit."),
    ] = False,
    debug: Annotated[
        bool,
        typer.Option("--debug", envvar="GATEWAY_DEBUG", help="Show the traceback of expected errors, too."),
    ] = False,
) -> None:
    """Move a production Flask application to FastAPI, one route at a time."""
