"""Mergers as rows."""

from datetime import date, datetime

from sqlmodel import Field

from intake.schema import Row


class MunicipalityMergerRow(Row, table=True):
    __tablename__ = "municipality_merger"

    municipality: str = Field(primary_key=True)
    merged_into: str
    merged_on: date
    noted_by: str
    noted_at: datetime
