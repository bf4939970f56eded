"""`seintje ...`: one command a function, each thin. Heavy parts are imported by the command."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.wiring import Parts

app = typer.Typer(
    name="seintje",
    help="Een tip uit de wijk komt bij de juiste woonconsulent, en bij niemand anders.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
audit_app = typer.Typer(help="Het logboek: controleren en inzien.", no_args_is_help=True)
app.add_typer(audit_app, name="audit")
people_app = typer.Typer(help="De medewerkers: wie is te bereiken, en wie gaat weg.")
app.add_typer(people_app, name="people")
matrix_app = typer.Typer(help="Het apparaat van de bot op Matrix.", no_args_is_help=True)
app.add_typer(matrix_app, name="matrix")

Config = Annotated[
    Path, typer.Option("--config", "-c", envvar="SEINTJE_CONFIG", help="Het configuratiebestand.")
]
DEFAULT_CONFIG = Path("config.toml")


def main() -> None:
    app()


def _with_parts(config: Path, command: Callable[["Parts"], Awaitable[None]]) -> None:
    from bot.cli.service import parts

    async def work() -> None:
        async with parts(config) as found:
            await command(found)

    asyncio.run(work())


@app.command()
def run(config: Config = DEFAULT_CONFIG) -> None:
    """Start de dienst."""
    from bot.cli.service import run_service

    raise typer.Exit(asyncio.run(run_service(config)))


@app.command("import")
def import_(
    directory: Annotated[Path, typer.Argument(help="De map met CSV-bestanden.")],
    config: Config = DEFAULT_CONFIG,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Alleen laten zien wat er verandert.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Niet vragen, ook als er open zaken verhuizen.")
    ] = False,
) -> None:
    """Lees het register in: organisaties, mensen, woningen, huurders, overeenkomsten."""
    from bot.cli.registry import import_registry

    _with_parts(config, lambda found: import_registry(found, directory, dry_run, yes))


@app.command()
def invite(
    person: Annotated[str, typer.Argument(help="De medewerker: id, of organisatie/id.")],
    config: Config = DEFAULT_CONFIG,
    plain: Annotated[bool, typer.Option("--plain", help="Alleen de code.")] = False,
    matrix: Annotated[
        str | None, typer.Option("--matrix", help="Koppel meteen dit Matrix-adres: @naam:server.")
    ] = None,
) -> None:
    """Maak een eenmalige code waarmee een medewerker een telefoon koppelt."""
    from bot.cli.people import invite_person, link_to_matrix

    if matrix is not None:
        address = matrix
        _with_parts(config, lambda found: link_to_matrix(found, person, address))
        return
    _with_parts(config, lambda found: invite_person(found, person, plain))


@app.command()
def show(
    ref: Annotated[str, typer.Argument(help="Het kenmerk op de kaart, zoals 4KQ-7HXD.")],
    config: Config = DEFAULT_CONFIG,
    person: Annotated[
        str | None, typer.Option("--person", help="Wie er leest, als dat niet de eigenaar is.")
    ] = None,
    photos: Annotated[
        Path | None, typer.Option("--photos", help="De map waarin de foto's komen te staan.")
    ] = None,
) -> None:
    """Lees de inhoud van een seintje, met de code die de bot naar de consulent stuurt."""
    from bot.cli.show import show_signal

    _with_parts(config, lambda found: show_signal(found, ref, person, photos))


@app.command()
def outbox(config: Config = DEFAULT_CONFIG) -> None:
    """Laat zien wat wacht, vastzit of is opgegeven."""
    from bot.cli.records import show_outbox

    _with_parts(config, show_outbox)


@app.command()
def agenda(
    config: Config = DEFAULT_CONFIG,
    person: Annotated[
        str | None, typer.Option("--person", help="Alleen wat bij deze medewerker ligt.")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", help="Alleen deze dag, zoals 3-12.")] = None,
) -> None:
    """Laat zien wat er aankomt als niemand iets doet: de komende week, of een dag."""
    from bot.cli.agenda import show_agenda

    _with_parts(config, lambda found: show_agenda(found, person, on))


@app.command()
def screen(
    config: Config = DEFAULT_CONFIG,
    unit: Annotated[
        str | None, typer.Option("--unit", help="De woning waarvan het adres mag.")
    ] = None,
) -> None:
    """Lees notities van standaardinvoer, een per regel, en toon als JSON wat eruit moet."""
    from bot.cli.screen import screen_input

    asyncio.run(screen_input(config, unit))


@app.command()
def demo(
    speed: Annotated[float, typer.Option(help="Seconden tussen twee stappen.")] = 0.0,
) -> None:
    """Speel een verhaal met de echte dienst, zonder account, token of netwerk."""
    from bot.cli.demo.play import play

    raise typer.Exit(asyncio.run(play(speed)))


@audit_app.command("verify")
def audit_verify(config: Config = DEFAULT_CONFIG) -> None:
    """Controleer of het logboek heel is."""
    from bot.cli.records import verify_audit

    _with_parts(config, verify_audit)


@audit_app.command("head")
def audit_head(config: Config = DEFAULT_CONFIG) -> None:
    """Toon de laatste schakel van elke keten, om elders te bewaren."""
    from bot.cli.records import audit_head as show_head

    _with_parts(config, show_head)


@audit_app.command("show")
def audit_show(
    corporation: Annotated[str, typer.Argument(help="De organisatie.")],
    config: Config = DEFAULT_CONFIG,
    event: Annotated[str | None, typer.Option(help="Alleen deze gebeurtenis.")] = None,
) -> None:
    """Toon de regels van een logboek, een JSON-object per regel."""
    from bot.cli.records import show_audit

    _with_parts(config, lambda found: show_audit(found, corporation, event))


@people_app.callback(invoke_without_command=True)
def people(
    context: typer.Context,
    config: Config = DEFAULT_CONFIG,
    unreachable: Annotated[
        bool, typer.Option("--unreachable", help="Alleen wie niet te bereiken is, en waarom.")
    ] = False,
) -> None:
    """Laat zien hoe iedereen te bereiken is."""
    from bot.cli.people import show_people

    if context.invoked_subcommand is None:
        _with_parts(config, lambda found: show_people(found, unreachable))


@people_app.command("leave")
def people_leave(
    person: Annotated[str, typer.Argument(help="De medewerker: id, of organisatie/id.")],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Iemand gaat uit dienst: koppelingen vervallen en open zaken gaan naar een ander."""
    from bot.cli.people import let_person_leave

    _with_parts(config, lambda found: let_person_leave(found, person))


@people_app.command("trust")
def people_trust(
    address: Annotated[
        str | None, typer.Argument(help="Het Matrix-adres; zonder adres: laat iedereen zien.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Bevestig de sleutels van iemand op Matrix, nadat u de vingerafdruk vergeleken heeft."""
    from bot.cli.matrix import show_trust, trust_identity

    if address is None:
        _with_parts(config, show_trust)
        return
    mxid = address
    _with_parts(config, lambda found: trust_identity(found, mxid))


@matrix_app.command("login")
def matrix_login(config: Config = DEFAULT_CONFIG) -> None:
    """Log in op de server, of controleer dat het klopt, en onderteken het apparaat."""
    from bot.cli.matrix import log_in

    _with_parts(config, log_in)


@matrix_app.command("recover")
def matrix_recover(config: Config = DEFAULT_CONFIG) -> None:
    """Begin met een nieuw apparaat, als het bestand met de versleuteling weg is."""
    from bot.cli.matrix import recover_device

    _with_parts(config, recover_device)


@matrix_app.command("status")
def matrix_status(config: Config = DEFAULT_CONFIG) -> None:
    """Laat zien of anderen de bot kunnen lezen."""
    from bot.cli.matrix import show_status

    _with_parts(config, show_status)
