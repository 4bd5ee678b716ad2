"""Tables of stations, routes, vehicles and crew members: what inspections point at."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Model


class Reference:
    """What every reference row has: its id, when it last changed, whether it is still in use."""

    __tablename__: str
    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    stamp: Mapped[str] = mapped_column(String(40))
    change_seq: Mapped[int] = mapped_column(BigInteger)
    retired: Mapped[bool] = mapped_column(Boolean, default=False)


class Station(Reference, Model):
    """A main station or depot (总站)."""

    __tablename__ = "station"
    __table_args__ = (
        UniqueConstraint("company", "name"),
        Index("ix_station_change", "company", "change_seq"),
    )

    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))


class Route(Reference, Model):
    """A bus route, by its public code."""

    __tablename__ = "route"
    __table_args__ = (
        UniqueConstraint("company", "code"),
        ForeignKeyConstraint(["company", "station"], ["station.company", "station.id"]),
        Index("ix_route_change", "company", "change_seq"),
    )

    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    station: Mapped[str | None] = mapped_column(String(36))


class Vehicle(Reference, Model):
    """A bus. ``plate_key`` is the plate as ``sync.plate.plate_key`` writes it."""

    __tablename__ = "vehicle"
    __table_args__ = (
        UniqueConstraint("company", "plate_key"),
        UniqueConstraint("company", "fleet_number"),
        ForeignKeyConstraint(["company", "station"], ["station.company", "station.id"]),
        ForeignKeyConstraint(["company", "route"], ["route.company", "route.id"]),
        Index("ix_vehicle_change", "company", "change_seq"),
    )

    plate: Mapped[str] = mapped_column(String(20))
    plate_key: Mapped[str] = mapped_column(String(20))
    fleet_number: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))  # coach | city_bus | minibus
    regime: Mapped[str] = mapped_column(String(20))  # road_passenger | city_bus
    capacity: Mapped[int] = mapped_column(Integer)
    station: Mapped[str | None] = mapped_column(String(36))
    route: Mapped[str | None] = mapped_column(String(36))


class CrewMember(Reference, Model):
    """A driver or conductor (驾乘人员), known on lists by staff number."""

    __tablename__ = "crew_member"
    __table_args__ = (
        UniqueConstraint("company", "staff_number"),
        ForeignKeyConstraint(["company", "station"], ["station.company", "station.id"]),
        Index("ix_crew_member_change", "company", "change_seq"),
        Index("ix_crew_member_name", "company", "name_key"),
    )

    staff_number: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(60))
    duty: Mapped[str] = mapped_column(String(12))  # driver | conductor
    station: Mapped[str | None] = mapped_column(String(36))


class VehicleMerge(Model):
    """Two entries for one bus: what is told of ``vehicle`` is read as told of ``into``.

    Taking the row away undoes it; both acts are in the evidence log.
    """

    __tablename__ = "vehicle_merge"
    __table_args__ = (
        ForeignKeyConstraint(["company", "vehicle"], ["vehicle.company", "vehicle.id"]),
        ForeignKeyConstraint(["company", "into"], ["vehicle.company", "vehicle.id"]),
        Index("ix_vehicle_merge_into", "company", "into"),
    )

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    vehicle: Mapped[str] = mapped_column(String(36), primary_key=True)
    into: Mapped[str] = mapped_column(String(36))
    at_ms: Mapped[int] = mapped_column(BigInteger)


class CrewMerge(Model):
    """Two entries for one person: what is told of ``person`` is read as told of ``into``."""

    __tablename__ = "crew_merge"
    __table_args__ = (
        ForeignKeyConstraint(["company", "person"], ["crew_member.company", "crew_member.id"]),
        ForeignKeyConstraint(["company", "into"], ["crew_member.company", "crew_member.id"]),
        Index("ix_crew_merge_into", "company", "into"),
    )

    company: Mapped[str] = mapped_column(ForeignKey("company.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(36), primary_key=True)
    into: Mapped[str] = mapped_column(String(36))
    at_ms: Mapped[int] = mapped_column(BigInteger)
