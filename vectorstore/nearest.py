"""Finds the nearest vectors that meet conditions, in the way that is fastest for as many as do.

- Where that is little work (``EXACT``), they are compared one by one, in the view's slices of
  their domains and times.
- Where it is more, Chroma gives the nearest of all, and those that do not meet the conditions are
  sifted out. Where that leaves too few (the nearest are all of another kind), or Chroma cannot
  be asked at once (``Catalogue.nearest_at_once``), all that meet them are compared after all.

So all is exact but what Chroma finds. Figures: benchmarks/filtered_search.py, docs/speed.md.
"""

from __future__ import annotations

import math

from vectorstore.catalogue import Catalogue
from vectorstore.collection import Vectors
from vectorstore.rows import Eligible, Ranking, Rows

EXACT = 60_000  # rows read one after another, some 5 ms; see ``Eligible.effort``
SPARE = 1.5  # how many times what would suffice on average Chroma is asked for
MOST_ASKED = 1000


def nearest(catalogue: Catalogue, rows: Rows, eligible: Eligible, vector: Vectors, n: int) -> Ranking:
    """Places of the ``n`` nearest of ``eligible``, by falling cosine with ``vector`` (of length 1).

    Raises:
        CatalogueError: Chroma cannot be read.
    """
    if eligible.effort > EXACT:
        found = _sifted(catalogue, rows, eligible, vector, n)
        if len(found) >= n:
            return found[:n]
    return rows.nearest(vector, n, eligible)


def _sifted(catalogue: Catalogue, rows: Rows, eligible: Eligible, vector: Vectors, n: int) -> Ranking:
    """What is eligible of those that Chroma finds nearest among all items; may be too few."""
    asked = math.ceil(SPARE * n * len(rows) / eligible.count)
    if asked > MOST_ASKED or (numbers := catalogue.nearest_at_once(vector, asked)) is None:
        return []
    places = [each for each in rows.places(numbers).values() if eligible.mask[each]]
    return sorted(rows.cosines(places, vector), key=lambda each: (-each[1], each[0]))
