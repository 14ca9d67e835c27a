"""Requests to try, two for each domain."""

from __future__ import annotations

from schema import Domain
from ui.rendering import render

EXAMPLES: dict[Domain, tuple[str, str]] = {
    "video": (
        "Something light and funny for tonight, under 100 minutes, no horror",
        "A slow thriller from the 90s",
    ),
    "music": ("Quiet piano music for a late evening", "Energetic songs for running, no rock"),
    "news": (
        "What should I read about the climate talks today?",
        "News about space from the last three years",
    ),
    "shopping": (
        "Noise-cancelling headphones under $200, any deals this weekend?",
        "A gift for a reader, around $30",
    ),
    "smart_home": ("A smart lock that works with HomeKit", "A smart bulb that needs no hub, under $30"),
}


def examples_html(domain: str) -> str:
    """The examples of ``domain`` as escaped HTML; one of each domain where it is none of them."""
    chosen = [(name, text) for name, texts in EXAMPLES.items() if name == domain for text in texts]
    return render("examples.html", examples=chosen or [(name, texts[0]) for name, texts in EXAMPLES.items()])
