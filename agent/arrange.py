"""Which of the scored items make the answer: the best, without saying the same thing five times."""

from collections.abc import Sequence

from schema import Item, ScoredItem

RELEVANCE_WEIGHT = 0.8  # lambda of MMR: 1 is the plain ranking, 0 only variety


def arrange(
    scored: Sequence[ScoredItem], k: int, relevance_weight: float = RELEVANCE_WEIGHT
) -> list[ScoredItem]:
    """Choose up to ``k`` items by maximal marginal relevance.

    Each step takes the item with the highest ``w * score - (1 - w) * overlap``, where the
    score is scaled to 0..1 over the candidates and ``overlap`` is the largest similarity to
    an item already taken (Carbonell and Goldstein, SIGIR 1998). The best item stays first.
    Of items with the same title and year only the best is taken.
    """
    if not scored:
        return []
    lowest = min(each.score for each in scored)
    spread = max(each.score for each in scored) - lowest or 1.0
    left = _without_twins(sorted(scored, key=lambda each: -each.score))
    traits = {each.item.id: _traits(each.item) for each in left}
    overlap = dict.fromkeys(traits, 0.0)
    taken: list[ScoredItem] = []
    while left and len(taken) < k:
        best = max(
            left,
            key=lambda each: (
                relevance_weight * (each.score - lowest) / spread
                - (1 - relevance_weight) * overlap[each.item.id]
            ),
        )
        left.remove(best)
        taken.append(best)
        for each in left:
            similarity = _jaccard(traits[each.item.id], traits[best.item.id])
            overlap[each.item.id] = max(overlap[each.item.id], similarity)
    return taken


def _without_twins(ranked: Sequence[ScoredItem]) -> list[ScoredItem]:
    """The first of each title and year: a catalogue may hold a thing in several sizes or sources."""
    first: dict[tuple[str, str], ScoredItem] = {}
    for each in ranked:
        year = each.item.published_window[0].year if each.item.published_window else ""
        first.setdefault((each.item.title.casefold(), str(year)), each)
    return list(first.values())


def _traits(item: Item) -> frozenset[str]:
    """What makes two items feel alike: their makers, kinds and the first words of their titles."""
    makers = {f"by:{each.casefold()}" for each in item.creators}
    kinds = {each.casefold() for each in item.categories}
    title = {f"title:{' '.join(item.title.casefold().split()[:2])}"}
    return frozenset(makers | kinds | title)


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0
