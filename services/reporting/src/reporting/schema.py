"""Reporting's own schema, with the kernel's tables in it."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from shared.tables import NAMING, kernel_tables

metadata = MetaData(schema="reporting", naming_convention=NAMING)
tables = kernel_tables(metadata)


class Row(SQLModel):
    """The base of reporting's rows."""

    metadata = metadata
