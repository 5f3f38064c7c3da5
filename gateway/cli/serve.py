"""`gateway serve`: listen, and stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.options import DEFAULT_MAP, MapFile

if TYPE_CHECKING:
    from pydantic import ValidationError


def serve(
    *,
    map_file: MapFile = DEFAULT_MAP,
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="HOST", envvar="GATEWAY_HOST", help="Traffic address. Default: 127.0.0.1."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", metavar="PORT", envvar="GATEWAY_PORT", min=0, max=65535, help="Traffic port. Default: 8000."
        ),
    ] = None,
    console_host: Annotated[
        str | None,
        typer.Option(
            "--console-host",
            metavar="HOST",
            envvar="GATEWAY_CONSOLE_HOST",
            help="Console address; beyond loopback it needs a token. Default: 127.0.0.1.",
        ),
    ] = None,
    console_port: Annotated[
        int | None,
        typer.Option(
            "--console-port",
            metavar="PORT",
            envvar="GATEWAY_CONSOLE_PORT",
            min=0,
            max=65535,
            help="Console port. Default: 8081.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", metavar="N", envvar="GATEWAY_WORKERS", min=1, max=256, help="Worker processes. Default: 1."
        ),
    ] = None,
    log_format: Annotated[
        str | None,
        typer.Option(
            "--log-format",
            metavar="FORMAT",
            envvar="GATEWAY_LOG_FORMAT",
            help="auto, json or console. Default: auto, which is console on a terminal and json elsewhere.",
        ),
    ] = None,
) -> None:
    """Serve both applications, each path as the map says, until SIGTERM or Ctrl-C.

    An option wins over its environment variable; every other setting is a variable.
    """
    from pydantic import ValidationError  # noqa: PLC0415  help must be quick

    from gateway.mapfile.load import read_map  # noqa: PLC0415  the same
    from gateway.server.serve import serve as listen  # noqa: PLC0415  the same
    from gateway.settings import Settings  # noqa: PLC0415  the same

    options: dict[str, Any] = {
        "map": map_file,
        "host": host,
        "port": port,
        "console_host": console_host,
        "console_port": console_port,
        "workers": workers,
        "log_format": log_format,
    }
    try:
        settings = Settings(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        raise typer.BadParameter(explain_settings(error)) from None
    read_map(map_file)  # shows each problem with its line and a caret, before anything is bound
    raise typer.Exit(listen(settings))


def explain_settings(error: ValidationError) -> str:
    """What is wrong with which variable, one line each."""
    lines = []
    for detail in error.errors(include_url=False, include_context=False):
        words = str(detail["msg"]).removeprefix("Value error, ")
        name = ".".join(str(part) for part in detail["loc"])
        lines.append(f"GATEWAY_{name.upper()} is {detail['input']!r}: {words}" if name else words)
    return "\n".join(lines)
