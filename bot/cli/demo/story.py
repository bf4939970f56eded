"""The story: what people do, scene by scene, on one Tuesday."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.app.show import ask, reveal
from bot.cli.console import catalogue, language
from bot.cli.demo.stage import Player, Stage
from bot.cli.demo.theatre import Theatre
from bot.domain.people import PersonKey
from handlers.loopback.traffic import Exchange
from handlers.loopback.waiting import NeverHappened

TIP = "Brievenbus van E-4471 zit al twee weken propvol"
DRAFT, ACTIVE, NONE = "14b", "E-4471", "E-3105"
"""Homes of the example registry whose agreement is being signed, holds, and does not exist."""
QUESTION = "Heeft {home} een driepartijencontract?"
TYPED_NAME, TYPED_BSN = "Jansen", "123456782"
TOO_MUCH = f"Brievenbus van mevrouw {TYPED_NAME} (BSN {TYPED_BSN}) op E-4473 puilt uit"
BETTER = "De post puilt eruit"
DANGER = "Sterke gaslucht bij E-1203, ik hoor iemand om hulp roepen!"
REFERENCE = re.compile(r"\b[A-Z0-9]{3}-[A-Z0-9]{4}\b")
CODE = re.compile(r"\b\d{6}\b")


@dataclass(frozen=True, slots=True)
class Cast:
    """The deputy and the team lead stay outside the picture: they are told of acute danger."""

    manager: Player
    contact: Player
    elsewhere: Player
    deputy: Player
    team_lead: Player

    @property
    def in_picture(self) -> tuple[Player, ...]:
        return (self.manager, self.contact, self.elsewhere)

    @property
    def staff(self) -> tuple[Player, ...]:
        """Who may be sent cards of the manager's corporation."""
        return (self.contact, self.deputy, self.team_lead)


@dataclass(frozen=True, slots=True)
class Told:
    """What the story leaves to be checked: references given, and answers just as they were sent."""

    references: tuple[str, ...]
    neutral_answers: tuple[bytes, ...]
    answers_to_danger: tuple[str, ...]


async def gathered(stage: Stage) -> tuple[Cast, dict[int, str]]:
    """People of the example registry with new phones, and their one-time codes by phone."""
    keys = [PersonKey("voorbeeld", id) for id in ("piet", "sanne", "tom", "lieke")]
    invited = [
        await stage.invited(key, 1001 + n)
        for n, key in enumerate([*keys, PersonKey("test", "mark")])
    ]
    piet, sanne, tom, lieke, mark = (player for player, _ in invited)
    codes = {player.user.id: code for player, code in invited}
    return Cast(piet, sanne, mark, deputy=tom, team_lead=lieke), codes


async def tell(theatre: Theatre, cast: Cast, codes: dict[int, str]) -> Told:
    """Plays every scene. Raises NeverHappened when somebody does not see what should be there."""
    await _link_phones(theatre, cast, codes)
    first = await _give_a_tip(theatre, cast)
    await _take_it_up(theatre, cast, first)
    await _see_nothing_released_yet(theatre, cast)
    neutral = await _ask_about_agreements(theatre, cast)
    second = await _say_too_much(theatre, cast)
    third, answers = await _report_danger(theatre, cast)
    await _see_what_was_released(theatre, cast, first)
    return Told((first, second, third), neutral, answers)


async def _link_phones(theatre: Theatre, cast: Cast, codes: dict[int, str]) -> None:
    async with theatre.scene("scene.link", "09:05"):
        for player in (*cast.in_picture, *cast.staff[1:]):
            await player.user.types(f"/start {codes[player.user.id]}")
            await player.user.sees("Welkom")


async def _give_a_tip(theatre: Theatre, cast: Cast) -> str:
    piet, sanne = cast.manager.user, cast.contact.user
    async with theatre.scene("scene.tip", "09:12", cast.manager):
        await theatre.types(cast.manager, TIP)
        await piet.sees("Klopt dit?")
    async with theatre.scene("scene.send", "09:13", cast.manager):
        await theatre.presses(cast.manager, "Versturen")
        receipt = await piet.sees("Doorgegeven")
        await sanne.sees("Seintje")
    return _reference_in(receipt.text)


async def _take_it_up(theatre: Theatre, cast: Cast, ref: str) -> None:
    sanne, parts = cast.contact.user, theatre.stage.parts
    async with theatre.scene("scene.take_up", "09:20", cast.contact):
        await theatre.presses(cast.contact, "Oppakken")
        await sanne.sees("opgepakt")
    async with theatre.scene("scene.read", "09:24", cast.contact):
        async with parts.store.work() as work:
            asked = await ask(parts.house, work, ref, None, "demo")
        await theatre.stage.settle()
        shown_code = CODE.search((await sanne.sees("code")).text)
        async with parts.store.work() as work:
            typed = shown_code[0] if shown_code else ""
            content = await reveal(parts.house, work, asked.challenge.id, typed, "demo")
        if content is None:
            raise NeverHappened(ref)
        theatre.show_desk(catalogue().plain(content, language()).strip())


async def _see_nothing_released_yet(theatre: Theatre, cast: Cast) -> None:
    piet = cast.manager.user
    async with theatre.scene("scene.too_early", "09:30", cast.manager):
        await theatre.types(cast.manager, "/mijn")
        await piet.sees("doorgegeven")


async def _ask_about_agreements(theatre: Theatre, cast: Cast) -> tuple[bytes, ...]:
    """The answers to the same question about three homes, as the bot sent them."""
    answers: list[bytes] = []
    for key, at, homes in (
        ("scene.question", "10:05", (DRAFT,)),
        ("scene.questions", "10:06", (ACTIVE, NONE)),
    ):
        async with theatre.scene(key, at, cast.manager):
            for home in homes:
                before = len(theatre.stage.api.traffic)
                await theatre.types(cast.manager, QUESTION.format(home=home))
                await theatre.stage.settle()
                sent = _sent_to(cast.manager, theatre.stage.api.traffic[before:])
                answers.append(b"\n".join(_as_bytes(one) for one in sent))
    return tuple(answers)


async def _say_too_much(theatre: Theatre, cast: Cast) -> str:
    piet = cast.manager.user
    async with theatre.scene("scene.too_much", "10:30", cast.manager):
        await theatre.types(cast.manager, TOO_MUCH)
        await piet.sees("Dit kan ik niet doorsturen")
    async with theatre.scene("scene.better", "10:31", cast.manager):
        await theatre.types(cast.manager, BETTER)
        checked = await piet.sees("Klopt dit?")
        await theatre.presses(cast.manager, "Versturen")
        return _reference_in((await piet.sees("Doorgegeven", after=checked)).text)


async def _report_danger(theatre: Theatre, cast: Cast) -> tuple[str, tuple[str, ...]]:
    """The reference, and all that the sender was told, in order."""
    async with theatre.scene("scene.danger", "11:15", cast.manager):
        before = len(theatre.stage.api.traffic)
        await theatre.types(cast.manager, DANGER)
        receipt = await cast.manager.user.sees("met spoed")
        for player in cast.staff:
            await player.user.sees("ACUUT")
        await theatre.stage.settle()
        sent = _sent_to(cast.manager, theatre.stage.api.traffic[before:])
    async with theatre.scene("scene.help_comes", "11:16", cast.contact):
        await theatre.presses(cast.contact, "Oppakken")
        await cast.contact.user.sees("opgepakt", after=receipt)
    return _reference_in(receipt.text), tuple(str(one.parameters["text"]) for one in sent)


async def _see_what_was_released(theatre: Theatre, cast: Cast, ref: str) -> None:
    piet = cast.manager.user
    async with theatre.scene("scene.released", "13:05", cast.manager):
        news = await piet.sees("Nieuws over uw seintjes")
        if f"{ref}: in behandeling" not in news.text.splitlines():
            raise NeverHappened(news.text)


def _sent_to(player: Player, calls: Sequence[Exchange]) -> list[Exchange]:
    """What was said to this person, in the order in which it was sent."""
    says = (call for call in calls if call.method in ("sendMessage", "editMessageText"))
    return [call for call in says if str(call.parameters["chat_id"]) == str(player.user.id)]


def _as_bytes(call: Exchange) -> bytes:
    return json.dumps([call.method, call.parameters], sort_keys=True, ensure_ascii=False).encode()


def _reference_in(text: str) -> str:
    found = REFERENCE.search(text)
    if found is None:
        raise NeverHappened(text)
    return found[0]
