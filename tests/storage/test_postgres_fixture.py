import asyncpg


async def test_the_server_is_a_real_postgresql(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    version = await connection.fetchval("SELECT version()")
    await connection.close()
    assert version.startswith("PostgreSQL 18")


async def test_a_fresh_database_can_be_filled(fresh_database: str) -> None:
    assert await table_count(fresh_database) == 0
    await fill(fresh_database)
    assert await table_count(fresh_database) == 1


async def test_the_next_fresh_database_is_empty_again(fresh_database: str) -> None:
    assert await table_count(fresh_database) == 0
    await fill(fresh_database)


async def fill(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE signal (ref text)")
    await connection.close()


async def table_count(url: str) -> int:
    connection = await asyncpg.connect(url)
    count: int = await connection.fetchval(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    )
    await connection.close()
    return count
