"""Finds the tools: every module of this package that has ``build(context) -> BaseTool``.

To add one, add one file here. A tool that the user may call by asking for it carries
``metadata={"examples": [...]}``: sentences that should reach it. The agent compares a
request with them when no language model chooses.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import tools
from errors import KairosError

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from tools.context import ToolContext


def discover(context: ToolContext) -> dict[str, BaseTool]:
    """Build every tool of this package, by name.

    Raises:
        KairosError: two tools bear the same name.
    """
    found: dict[str, BaseTool] = {}
    for module_info in sorted(pkgutil.iter_modules(tools.__path__), key=lambda each: each.name):
        build = getattr(importlib.import_module(f"tools.{module_info.name}"), "build", None)
        if build is None:
            continue
        tool = build(context)
        if tool.name in found:
            raise KairosError(
                f"tools/{module_info.name}.py: another tool is called {tool.name!r} already; rename it"
            )
        found[tool.name] = tool
    return found


def conversational(found: dict[str, BaseTool]) -> dict[str, BaseTool]:
    """The tools that a user's question may reach: those with examples."""
    return {name: each for name, each in found.items() if (each.metadata or {}).get("examples")}
