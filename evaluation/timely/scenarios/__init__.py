"""The families of requests: one file a family, each with ``build(builder, count) -> list[Scenario]``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evaluation.timely.builder import Builder
from evaluation.timely.scenario import Scenario
from evaluation.timely.scenarios import (
    bursts,
    corrections,
    counterfactual,
    deadlines,
    evergreen,
    lunar,
    offers,
    relative,
    seasons,
    zones,
)

Build = Callable[[Builder, int], list[Scenario]]

FAMILIES: Mapping[str, Build] = {
    "relative": relative.build,
    "deadlines": deadlines.build,
    "offers": offers.build,
    "bursts": bursts.build,
    "seasons": seasons.build,
    "zones": zones.build,
    "lunar": lunar.build,
    "corrections": corrections.build,
    "evergreen": evergreen.build,
    "counterfactual": counterfactual.build,
}
