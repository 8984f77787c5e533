"""The columns that many tables share, and the metadata they all belong to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite only counts up by itself in a column of type INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def own_id() -> Column[int]:
    """The table's own id, counted up by the database."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def repository_id() -> Column[int]:
    """The repository that a row belongs to."""
    return Column("repository_id", Id, ForeignKey("repository.id"), nullable=False)


def project_id() -> Column[int]:
    """The project that a row belongs to."""
    return Column("project_id", Id, ForeignKey("project.id"), nullable=False)


def instant(name: str, *, nullable: bool = False) -> Column[int]:
    """Milliseconds since 1970, UTC."""
    return Column(name, BigInteger, nullable=nullable)
