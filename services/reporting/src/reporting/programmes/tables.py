"""What reporting needs to know of the programmes: what they are called."""

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from reporting.schema import Row


class ProgrammeRow(Row, table=True):
    __tablename__ = "programme"

    slug: str = Field(primary_key=True)
    names: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
