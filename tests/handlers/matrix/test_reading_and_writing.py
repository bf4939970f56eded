"""The session with a real homeserver and independent clients: what is read, and by whom."""

from pathlib import Path

from tests.handlers.matrix.desk import desk, text
from tests.matrix_person import person
from tests.synapse import Synapse


async def test_the_bot_and_a_person_read_each_other(synapse: Synapse, tmp_path: Path) -> None:
    async with desk(synapse, tmp_path) as bot, person(synapse, tmp_path, "carla") as carla:
        async with bot.reading():
            room = await bot.room_with(carla)
            event = await bot.session.send(room, "1", text("Dag Carla"))
            assert (await carla.sees("Dag Carla")).event == event
            said = await carla.type(room, "Dag bot")
            assert (await bot.until_event(said)).content["body"] == "Dag bot"
