import pytest

from bot.screening.screener import NoteScreener, load_screener


@pytest.fixture(scope="session")
def screener() -> NoteScreener:
    """The shipped recognisers, loaded once."""
    return load_screener()
