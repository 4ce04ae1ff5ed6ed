"""Cycles of graphs: found whatever surrounds them, and nothing else."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesync.facts.dependencies.graph import knots, reaching


def edges(*pairs: tuple[int, int]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema={"row": pl.UInt32, "target_row": pl.UInt32}, orient="row")


def cycle(length: int, first: int = 0) -> list[tuple[int, int]]:
    return [(first + at, first + (at + 1) % length) for at in range(length)]


def test_a_tree_has_no_knot():
    assert knots(edges((1, 0), (2, 0), (3, 1), (4, 1)), 5) == ()


def test_no_edges_have_no_knot():
    assert knots(edges(), 3) == ()


@pytest.mark.parametrize("length", [1, 2, 3, 50])
def test_a_cycle_is_a_knot_of_its_length(length: int):
    (knot,) = knots(edges(*cycle(length)), length)
    assert knot.nodes == tuple(range(length))


def test_what_leads_into_a_cycle_and_out_of_it_is_no_part_of_it():
    (knot,) = knots(edges((0, 1), (1, 2), (2, 1), (2, 3), (3, 4)), 5)
    assert knot.nodes == (1, 2)


def test_two_cycles_with_a_bridge_between_them_are_two():
    found = knots(edges(*cycle(3), *cycle(4, 10), (1, 11)), 14)
    assert [knot.nodes for knot in found] == [(0, 1, 2), (10, 11, 12, 13)]


def test_a_long_chain_ends_and_has_no_knot():
    assert knots(edges(*((at, at + 1) for at in range(30_000))), 30_001) == ()


def test_a_long_chain_into_a_cycle_has_the_cycle():
    chain = [(at, at + 1) for at in range(10, 5_000)]
    (knot,) = knots(edges(*chain, (5_000, 4_999)), 5_001)
    assert knot.nodes == (4_999, 5_000)


def test_the_shortest_cycle_of_a_knot_is_shown():
    (knot,) = knots(edges(*cycle(6), (2, 0)), 6)
    assert knot.shortest_cycle(0, {node: node for node in range(6)}) == (0, 1, 2)
    assert knot.shortest_cycle(4, {node: node for node in range(6)}) == (4, 5, 0, 1, 2, 3)


def test_of_two_equally_short_cycles_the_one_through_the_lowest_ranks_is_shown():
    (knot,) = knots(edges((0, 1), (1, 0), (0, 2), (2, 0)), 3)
    assert knot.shortest_cycle(0, {0: 0, 1: 1, 2: 2}) == (0, 1)
    assert knot.shortest_cycle(0, {0: 0, 1: 2, 2: 1}) == (0, 2)


def test_whoever_leads_to_a_flagged_node_is_reached():
    flagged = pl.Series([False, False, True, False, False])
    assert reaching(edges((0, 1), (1, 2), (2, 3), (3, 4)), flagged).to_list() == [True, True, True, False, False]


NODES = 8
GRAPHS = st.lists(st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)), max_size=24)


@given(GRAPHS)
def test_the_knots_are_the_nodes_that_can_come_back_to_themselves(pairs: list[tuple[int, int]]):
    reach = {node: {target for source, target in pairs if source == node} for node in range(NODES)}
    for _ in range(NODES):
        reach = {node: targets.union(*(reach[target] for target in targets)) for node, targets in reach.items()}
    expected = {frozenset(other for other in reach[node] if node in reach[other]) for node in range(NODES) if node in reach[node]}
    assert {frozenset(knot.nodes) for knot in knots(edges(*pairs), NODES)} == expected


@given(GRAPHS, st.randoms(use_true_random=False))
def test_the_order_of_the_edges_makes_no_difference(pairs: list[tuple[int, int]], random: Random):
    shuffled = [*pairs]
    random.shuffle(shuffled)
    rank = {node: node for node in range(NODES)}
    one, other = (
        [(knot.nodes, knot.shortest_cycle(knot.nodes[0], rank)) for knot in knots(edges(*given), NODES)] for given in (pairs, shuffled)
    )
    assert one == other
