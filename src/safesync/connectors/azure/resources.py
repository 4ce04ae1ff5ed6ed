"""What the REST interface serves, as far as we use it: each by its location id in the OPTIONS table, never by a URL of our own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Door(StrEnum):
    """The part of the client library that knows at which host an area of the interface is served."""

    PLACES = "Places"
    WORK_ITEMS = "WorkItems"
    WORK = "Work"
    CORE = "Core"
    TESTS = "Tests"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource; the server's OPTIONS table turns ``location`` into a route and may lower ``version``."""

    door: Door
    location: str
    version: str = "7.1"


CONNECTION = Resource(Door.PLACES, "00d9565f-ed9c-4a06-9a50-00e7896ccab4", "7.1-preview.1")
PERMISSIONS = Resource(Door.PLACES, "cf1faa59-1b63-4448-bf04-13d981a46f5d")
PROJECTS = Resource(Door.CORE, "603fe2ac-9723-48b9-88ad-09305aa6c6e1")
TEAMS = Resource(Door.CORE, "d30a3dd1-f8ba-442a-b86a-bd0c0c383e59")
TEAM_AREAS = Resource(Door.WORK, "07ced576-58ed-49e6-9c1e-5cb53ab8bf2a")
CAPACITIES = Resource(Door.WORK, "74412d15-8c1a-4352-a48d-ef1ed5587d57")
BOARDS = Resource(Door.WORK, "23ad19fc-3b8e-4877-8462-b3f92bc06b40")
BOARD_COLUMNS = Resource(Door.WORK, "c555d7ff-84e1-47df-9923-a3fe0cd8751b")
NODES = Resource(Door.WORK_ITEMS, "5a172953-1b41-49d3-840a-33f79c3ce89f")
TYPES = Resource(Door.WORK_ITEMS, "7c8d7a76-4a09-43e8-b5df-bd792f4ac6aa")
TYPE_STATES = Resource(Door.WORK_ITEMS, "7c9d7a76-4a09-43e8-b5df-bd792f4ac6aa")
FIELDS = Resource(Door.WORK_ITEMS, "b51fd764-e5c2-4b9b-aaf7-3395cf4bdd94")
REVISIONS = Resource(Door.WORK_ITEMS, "f828fe59-dd87-495d-a17c-7a8d6211ca6c")
LINKS = Resource(Door.WORK_ITEMS, "b5b5b6d0-0308-40a1-b3f4-b9bb3c66878f")
ITEMS_BATCH = Resource(Door.WORK_ITEMS, "908509b6-4248-4475-a1cd-829139ba419f")
ITEMS = Resource(Door.WORK_ITEMS, "72c7ddf8-2cdc-4f60-90cd-ab71c14a399b")
RECYCLE_BIN = Resource(Door.WORK_ITEMS, "b70d8d39-926c-465e-b927-b1bf0e5ca0e0")
WIQL = Resource(Door.WORK_ITEMS, "1a9c53f7-f243-4447-b110-35ef023636e4")
UPDATES = Resource(Door.WORK_ITEMS, "6570bf97-d02c-4a91-8d93-3abe9895b1a9")
COMMENTS = Resource(Door.WORK_ITEMS, "608aac0a-32e1-4493-a863-b9cf4566d257", "7.1-preview.4")
TEST_POINTS = Resource(Door.TESTS, "b4264fd0-a5d1-43e2-82a5-b9c46b7da9ce", "7.1-preview.2")

READING_POSTS = ("/wiql", "/workitemsbatch", "/permissionevaluationbatch", "/test/points")
"""Ends of the paths that are POSTed to and change nothing: they may be repeated like a GET."""
