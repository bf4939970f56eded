"""Acute danger: 112 is named first, and not for a fire door."""

import pytest

from bot.domain.screening import FindingClass, Outcome, mask
from bot.screening.screener import NoteScreener


@pytest.mark.parametrize(
    "note",
    [
        "Het stinkt hier naar gas in de gang",
        "gas ruikbaar in het trappenhuis",
        "ik denk dat er een gaslek is",
        "er komt rook uit de woning op 2 hoog",
        "de keuken staat in brand",
        "brand!!",
        "vuur in de kelder",
        "vrouw ligt onderaan de trap, beweegt niet",
        "buurman is in elkaar gezakt",
        "man is onwel geworden in de lift",
        "mevrouw is gevallen en ligt in de keuken",
        "hij ademt bijna niet",
        "er wordt gevochten met messen",
        "hoor een vrouw gillen en glas breken",
        "hij wurgt haar",
        "ze schreeuwt help help",
        "kind alleen op het balkon, hangt over de reling",
        "hij dreigt de boel in brand te steken",
        "man dreigt met gasfles",
        "dreigt van het dak te springen",
        "ze staat op het randje van het balkon",
        "al 6 dagen geen teken van leven, lijkenlucht in de gang",
        "al drie dagen niets gehoord, hond blaft, licht aan, doet niet open",
        "mevrouw van boven al een week niet gezien en de brievenbus puilt uit",
        "oude meneer 4 dagen niet gezien, tv staat aan",
        "sinds zondag niet gezien, lichten branden, reageert niet op bellen",
        "hij is overleden denk ik, ruikt naar lijk",
        "schietpartij net gehoord",
        "er is geschoten",
        "man met bijl in het portiek",
        "ze is neergestoken",
        "overdosis, reageert niet",
        "iemand in het water gevallen",
        "elektriciteitskabel ligt los en vonkt",
        "plafond komt naar beneden",
        "balkon staat op instorten",
        "kind zit vast in de lift en huilt",
        "someone is bleeding badly",
        "a man is beating his wife right now",
        "smells like gas in the basement",
        "house on fire",
        "neighbour not seen for 5 days, tv on, no answer",
        "she fell and can't get up",
        "he threatens to jump",
        "i heard gunshots",
        "koolmonoxidemelder gaat af",
    ],
)
def test_words_of_acute_danger_come_first(screener: NoteScreener, note: str) -> None:
    assert screener.screen(note).outcome is Outcome.EMERGENCY


@pytest.mark.parametrize(
    "note",
    [
        "ruikt naar gasbarbecue op het balkon",
        "gaskraan vervangen door monteur",
        "vuurkorf op het balkon",
        "vuur en vlam voor de nieuwe tuin",
        "brandpreventie folder opgehangen",
        "oefening brandweer was geslaagd",
        "hij slaat met de deur",
        "bewoner niet gezien vandaag, later terug",
        "al een week niet gezien, auto is ook weg, denk vakantie",
        "lamp brandt al dagen",
        "kinderen gillen van plezier in het badje",
        "bloedrode verf op de muur",
        "vogel zit vast in de schoorsteen",
        "de bank ligt op straat",
        "man ligt te zonnen op het gras",
        "meneer ligt op zijn balkon in de zon",
        "dreigt te lekken als het regent",
        "vergadering over brandveiligheid",
        "de lift dreigt uit te vallen",
        "help mee met opruimen zaterdag",
        "schoten in de plant komen mooi op",
        "steekt de draak met ons",
        "mes gevonden in de struiken",
        "De brandweerkazerne is hiernaast",
        "De brandtrap is glad door mos",
        "Gasmeter hangt los in de meterkast",
        "fire door does not close",
        "Rookmelder piept, batterij leeg",
        "Er is brandschade aan de containers van vorige week",
    ],
)
def test_nobody_is_sent_to_112_for_a_look_alike(screener: NoteScreener, note: str) -> None:
    assert screener.screen(note).outcome is Outcome.ACCEPT


def test_danger_is_forwarded_without_the_name(screener: NoteScreener) -> None:
    note = "Fatima roept om hulp, brand in de keuken"
    screening = screener.screen(note)

    masked = mask(note, screening.findings, lambda cls: f"[{cls.value}]")

    assert screening.outcome is Outcome.EMERGENCY
    assert screening.classes == (FindingClass.NAME, FindingClass.EMERGENCY)
    assert masked == "[name] roept om hulp, brand in de keuken"
