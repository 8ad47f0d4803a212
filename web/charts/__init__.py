"""Charts as SVG, drawn here in Python: attributes only, ``role=img`` with a sentence, links on every mark.

Callers give words in the language of the page and print the same figures as text beside the picture.
"""

from web.charts.bars import Bar, Segment, bar, budget_bars
from web.charts.counts import Count, count_bars
from web.charts.donut import Part, donut
from web.charts.funnel import Stage, funnel
from web.charts.svg import STEPS
from web.charts.tiles import Tile, tile_map
from web.charts.tree import Node, tree

__all__ = [
    "STEPS",
    "Bar",
    "Count",
    "Node",
    "Part",
    "Segment",
    "Stage",
    "Tile",
    "bar",
    "budget_bars",
    "count_bars",
    "donut",
    "funnel",
    "tile_map",
    "tree",
]
