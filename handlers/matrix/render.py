"""Texts and choices as a Matrix message: short HTML with a plain-text twin."""

from dataclasses import dataclass

from bot.domain.disclosure import Text, own_form, reference
from bot.ports.doors import Button, Parcel
from bot.texts.catalogue import Catalogue

LONGEST_BODY_BYTES = 20_000
"""Of each twin; an encrypted event may be 64 KiB in all, and the sealing adds a third."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A parcel in words: `html` is the formatted body, `plain` says the same without markup.

    `notice` marks a message that should not make anything buzz (m.notice instead of m.text).
    """

    plain: str
    html: str
    notice: bool = False

    @property
    def content(self) -> dict[str, object]:
        """The content of an m.room.message event."""
        return {
            "msgtype": "m.notice" if self.notice else "m.text",
            "body": self.plain,
            "format": "org.matrix.custom.html",
            "formatted_body": self.html,
        }

    def replacing(self, event: str) -> dict[str, object]:
        """The content of an event that edits an earlier one in place."""
        return {
            **self.content,
            "body": f"* {self.plain}",
            "formatted_body": f"* {self.html}",
            "m.new_content": self.content,
            "m.relates_to": {"rel_type": "m.replace", "event_id": event},
        }


def rendered(parcel: Parcel, catalogue: Catalogue) -> Rendered | None:
    """None when there is nothing to say: a word on a button or tidying away. Raises UnknownText."""
    if parcel.text is None:
        return None
    texts = (parcel.text, *_choices(parcel))
    plain = "\n".join(catalogue.plain(text, parcel.language).strip() for text in texts)
    html = "\n".join(catalogue.say(text, parcel.language).strip() for text in texts)
    if max(len(plain.encode()), len(html.encode())) > LONGEST_BODY_BYTES:
        plain = plain.encode()[:LONGEST_BODY_BYTES].decode(errors="ignore") + "…"
        return Rendered(plain, _lines(_escaped(plain)), parcel.quiet)
    return Rendered(plain, _lines(html), parcel.quiet)


def _choices(parcel: Parcel) -> tuple[Text, ...]:
    """Buttons as numbered lines. A list that stands for several matters has none: a number could
    not tell which one is meant."""
    if not parcel.buttons or (parcel.covers and not parcel.is_card):
        return ()
    buttons = [button for row in parcel.buttons for button in row]
    numbered = tuple(_numbered(number, button) for number, button in enumerate(buttons, 1))
    return (Text("nothing"), *numbered, Text("render.reply"))


def _numbered(number: int, button: Button) -> Text:
    fields = {"number": reference(number), "label": own_form(button.label)}
    return Text("render.number", fields)


def _lines(html: str) -> str:
    return html.replace("\n", "<br>")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
