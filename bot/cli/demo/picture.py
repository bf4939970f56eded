"""What each person sees, side by side: a phone a person, the newest messages at the bottom."""

from collections.abc import Iterator, Sequence

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Styled

from bot.cli.console import catalogue, language
from bot.cli.demo.stage import Player
from bot.domain.disclosure import Text, public
from handlers.loopback.messages import Json, Message

WIDTH = 100
"""The widest the picture gets, and how wide it is in a file or pipe, in characters."""
SHORTEST, TALLEST = 8, 18
"""How many lines a phone shows."""
FRAME = 4
"""A border and a space on both sides of a phone."""
OWN_WORDS_MARGIN = 5

STYLES = {"bold": "bold", "italic": "italic", "code": "bold"}
EMOJI_STYLE = "\ufe0f"
"""Makes some terminals draw a sign wider than they count it; frames would shift."""


def words(key: str, **fields: str | int) -> str:
    """A sentence of the demonstration in the language of this terminal."""
    text = Text(f"demo.{key}", {name: public(value) for name, value in fields.items()})
    return catalogue().plain(text, language()).replace(EMOJI_STYLE, "").strip()


def make_console() -> Console:
    """The terminal, at most WIDTH wide; no colours in a file or pipe."""
    plain = Console(highlight=False, markup=False, emoji=False)
    if plain.is_terminal:
        plain.width = min(WIDTH, plain.width)
    else:
        plain.width = WIDTH
    return plain


def beside(mark: Styled, sentence: Styled) -> Table:
    """A mark in front, and a sentence that goes on below its own words."""
    line = Table.grid(padding=(0, 2))
    line.add_row(mark, sentence)
    return line


class Picture:
    """Draws the phones again and again; what changed since the last time stands out."""

    def __init__(self, console: Console, players: Sequence[Player]) -> None:
        self._console = console
        self._players = players
        self._drawn = 0
        self._popped_up = {player.user.id: 0 for player in players}

    def draw(self, acting: Player | None) -> None:
        """The phones as they are now; `acting` is whose turn it was."""
        width = self._console.width // len(self._players)
        phones = [list(self._lines(player, width - FRAME)) for player in self._players]
        tallest = max(SHORTEST, *(min(len(lines), TALLEST) for lines in phones))
        row = Table.grid()
        for _ in phones:
            row.add_column(width=width)
        row.add_row(
            *(
                _phone(player, lines, tallest, player is acting)
                for player, lines in zip(self._players, phones, strict=True)
            )
        )
        self._console.print(row)
        histories = (player.user.history for player in self._players)
        self._drawn = max((one.version for history in histories for one in history), default=0)
        self._popped_up = {player.user.id: len(player.user.toasts) for player in self._players}

    def _lines(self, player: Player, width: int) -> Iterator[Styled]:
        user = player.user
        for message in user.visible:
            own = message.sender == user.account
            style = "" if message.version > self._drawn else "dim"
            lines = self._spoken(message, width, own)
            for line in (*lines, *self._buttons(message, width)):
                line.stylize(style)
                yield line
            yield Styled()
        tidied = sum(one.deleted and one.version > self._drawn for one in user.history)
        if tidied:
            yield _aside(words("tidied", n=tidied), width)
        for toast in user.toasts[self._popped_up[user.id] :]:
            yield _aside(f"« {toast} »", width)

    def _spoken(self, message: Message, width: int, own: bool) -> list[Styled]:
        """The bot on the left, the person on the right."""
        margin = OWN_WORDS_MARGIN if own else 0
        lines = list(_styled(message).wrap(self._console, width - margin))
        for line in lines:
            line.rstrip()
            if own:
                line.stylize("cyan")
                line.align("right", width)
        return lines

    def _buttons(self, message: Message, width: int) -> Iterator[Styled]:
        for row in message.rows:
            labels = [f"[ {button.label.replace(EMOJI_STYLE, '')} ]" for button in row]
            beside = Styled(" ".join(labels), style="green")
            if beside.cell_len <= width:
                yield beside
            else:
                yield from (Styled(label, style="green") for label in labels)


def _phone(player: Player, lines: list[Styled], height: int, acting: bool) -> Panel:
    while lines and not lines[-1].plain.strip():
        lines.pop()
    if len(lines) > height:
        lines = [Styled("⋮", style="dim"), *lines[1 - height :]]
    title = f"{'▶ ' if acting else ''}{player.first_name}, {words(f'role.{player.person.role}')}"
    return Panel(
        Group(*lines),
        title=Styled(title, style="bold" if acting else ""),
        title_align="left",
        subtitle=player.house,
        subtitle_align="right",
        height=height + 2,
        border_style="yellow" if acting else "dim",
    )


def _aside(text: str, width: int) -> Styled:
    line = Styled(text, style="italic magenta")
    line.align("center", max(width, line.cell_len))
    return line


def _styled(message: Message) -> Styled:
    text = Styled(message.text.replace(EMOJI_STYLE, ""))
    for entity in message.entities:
        style = STYLES.get(entity["type"])
        if style:
            text.stylize(style, *_span(message.text, entity))
    return text


def _span(text: str, entity: Json) -> tuple[int, int]:
    """Telegram counts in UTF-16 units, of the text as it was sent."""
    units = text.encode("utf-16-le")
    ends = (entity["offset"], entity["offset"] + entity["length"])
    start, end = (len(units[: 2 * n].decode("utf-16-le").replace(EMOJI_STYLE, "")) for n in ends)
    return start, end
