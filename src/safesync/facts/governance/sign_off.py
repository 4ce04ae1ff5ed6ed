"""Whether what was approved was approved by somebody who may: status, person and day together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape
from safesync.facts.frame.unseen import where
from safesync.facts.governance.investment import held

SIGN_OFFS = ("missing", "refused", "pending", "unsigned", "by_its_owner", "by_a_stranger", "given")
FACTS: tuple[Fact, ...] = (
    Fact(
        "sign_off",
        FactType.TEXT,
        Sort.LINKED,
        "Whether it is approved: a status that says so, by whom and on which day, and not by its owner (segregation of duties) nor by "
        "anybody but the organisation's approvers.",
        vocabulary=SIGN_OFFS,
        needs=("approval", "approver", "approved_on", "owner"),
    ),
    Fact(
        "approved_by_editor",
        FactType.TRUTH,
        Sort.LINKED,
        "Whoever approved it is who changed its acceptance criteria last, or its description where these stand there.",
        needs=("approver", "criteria_editor"),
        remedy="Azure DevOps does not tell who changed a text: set the option editors of CP605 to false for that tracker",
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "sign_off": frozenset({"approval", "approver", "approved_on", "owner"}),
        "approved_by_editor": frozenset({"approver", "criteria_editor"}),
    }
)
_GIVEN = ("approved", "accepted", "signed", "signed off", "released", "freigegeben", "genehmigt", "approuvé", "validé", "yes", "ja", "oui")
_REFUSED = ("rejected", "refused", "declined", "abgelehnt", "refusé", "rejeté", "no", "nein", "non")


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """The verdict on every approval."""
    found = (_sign_off(scene).alias("sign_off"),) if "sign_off" in wanted else ()
    return (*found, _by_editor(scene).alias("approved_by_editor")) if "approved_by_editor" in wanted else found


def _by_editor(scene: Landscape) -> pl.Expr:
    """Where nobody approved it, no editor did."""
    unseen, approved = scene.unseen, scene.items.select(held(scene, "approver", pl.String()).is_not_null().alias("by"))["by"]
    flags = [unseen.flags("approver"), where(approved, unseen.flags("criteria_editor"))]
    known = [each for each in flags if each is not None]
    unseen.note("approved_by_editor", reduce(or_, known) if known else None)
    return (_said(scene, "approver") == _said(scene, "criteria_editor")).fill_null(value=False)


def _sign_off(scene: Landscape) -> pl.Expr:
    verdict, unseen = _verdict(scene), scene.unseen
    doubt, status = unseen.flags("approval", "approver", "approved_on", "owner"), unseen.flags("approval")
    if doubt is not None:
        # A refusal is one, whoever said it; everything else depends on what was not seen.
        open_ones = scene.items.lazy().filter(doubt & ~verdict.is_in(["refused", "pending"])).select("row").collect()["row"]
        flags = pl.repeat(value=False, n=scene.items.height, eager=True).scatter(open_ones, values=True)
        unseen.note("sign_off", flags if status is None else flags | status)
    return verdict


def _verdict(scene: Landscape) -> pl.Expr:
    status, approver, owner = (_said(scene, name) for name in ("approval", "approver", "owner"))
    known = [name.casefold() for name in scene.organisation.approvers]
    dated = pl.col("approved_on").is_not_null() if "approved_on" in scene.items.columns else pl.lit(value=False)
    return (
        pl.when(status.is_null() | (status == ""))
        .then(pl.lit("missing"))
        .when(status.is_in(_REFUSED))
        .then(pl.lit("refused"))
        .when(~status.is_in(_GIVEN))
        .then(pl.lit("pending"))
        .when(approver.is_null() | ~dated)
        .then(pl.lit("unsigned"))
        .when((approver == owner).fill_null(value=False))
        .then(pl.lit("by_its_owner"))
        .when(pl.lit(bool(known)) & ~approver.is_in(known))
        .then(pl.lit("by_a_stranger"))
        .otherwise(pl.lit("given"))
        .cast(pl.Enum(list(SIGN_OFFS)))
    )


def _said(scene: Landscape, name: str) -> pl.Expr:
    present = name in scene.items.columns
    return pl.col(name).cast(pl.String).str.strip_chars().str.to_lowercase() if present else pl.lit(None, dtype=pl.String)
