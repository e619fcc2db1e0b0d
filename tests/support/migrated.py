"""Databases as earlier releases made them: their tables, and what stood in them."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, delete, func, insert, select, text

from krn_engine.register.database import sqlite_url
from krn_engine.register.schema import MIGRATIONS


def made_at(url: str, revision: str) -> None:
    """Make the tables of this revision in an empty database."""
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
    engine.dispose()


def file_of_dump(dump: Path, path: Path) -> Path:
    """The SQLite file that a dump was made of."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(dump.read_text(encoding="utf-8"))
    return path


def copied(path: Path, url: str) -> None:
    """Put into an empty database of another engine what stands in a SQLite file, at the file's own revision."""
    source, target = create_engine(sqlite_url(path)), create_engine(url)
    with source.connect() as reader:
        made_at(url, reader.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
        here, there = MetaData(), MetaData()
        here.reflect(source)
        there.reflect(target)
        with target.begin() as writer:
            for table in there.sorted_tables:
                if table.name == "alembic_version":
                    continue
                writer.execute(delete(table))
                # What SQLite alone counts, and its digests, are of no use elsewhere.
                names = [column.name for column in table.columns if column.name != "digest"]
                records = [
                    {name: _told(row[name]) for name in names}
                    for row in reader.execute(select(*(here.tables[table.name].c[name] for name in names))).mappings()
                    if row.get("name") != "schema"
                ]
                if records:
                    writer.execute(insert(table), records)
                if "id" in table.columns and table.columns["id"].type.python_type is int:
                    newest = select(func.max(table.c.id)).scalar_subquery()
                    writer.execute(select(func.setval(f"{table.name}_id_seq", func.coalesce(newest, 1))))
    source.dispose()
    target.dispose()


def _told(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
