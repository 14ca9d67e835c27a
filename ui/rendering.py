"""Fills the page's HTML templates; Jinja escapes every value."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def render(template: str, **values: object) -> str:
    """The template of ``ui/templates`` with ``values``, escaped."""
    return _environment().get_template(template).render(**values)
