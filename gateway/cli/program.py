"""The program `gateway`: its verbs, and what all of them do with errors.

A verb is a function in the file of its name. It raises `GatewayError` for what people can put right; the exit code is
the error's own. The heavy imports are inside the verbs, so that help, completion and `--version` are quick.
"""

from __future__ import annotations

import errno
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gateway.cli import (
    audit,
    check,
    doctor,
    excuse,
    flip,
    force,
    gate,
    init,
    mismatches,
    replay,
    rollback,
    routes,
    scaffold,
    serve,
    show,
    status,
    watch,
)
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
    app.command(short_help="What of an application will and will not survive the move.")(doctor.doctor)
    app.command(short_help="Write the map of an application, or bring it up to date.")(init.init)
    app.command(short_help="What is wrong with the map, alone and beside both sides.")(check.check)
    app.command(short_help="Serve both applications, each path as the map says.")(serve.serve)
    app.command(short_help="List the routes and their modes.")(routes.routes)
    app.command(short_help="Write FastAPI stubs for legacy routes.")(scaffold.scaffold)
    app.command(short_help="Change the mode of a route.")(flip.flip)
    app.command(short_help="Send a route back to legacy.")(rollback.rollback)
    app.command(short_help="Send everything to legacy, at once; or no longer.")(force.force)
    app.command(short_help="Watch the routes of a running gateway.")(watch.watch)
    app.command(short_help="List what differs, by cause.")(mismatches.mismatches)
    app.command(short_help="Show one mismatch side by side.")(show.show)
    app.command(short_help="Excuse a difference that is right.")(excuse.excuse)
    app.command(short_help="Say whether a route may move up, and why.")(gate.gate)
    app.command(short_help="Compare on recorded requests, without servers.")(replay.replay)
    app.command(short_help="Say how far the migration is.")(status.status)
    app.command(short_help="Show who changed what, and whether that log is whole.")(audit.audit)
    return app


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  needed here only

        try:
            typer.echo(f"gateway {version('flask-fastapi-gateway')}")
        except PackageNotFoundError:
            typer.echo("gateway, from a checkout that is not installed")
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
