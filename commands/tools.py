"""``app.py tools``: what the agent can do, and a start for a new tool."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated

import typer

from commands.output import stderr_console
from errors import KairosError

tools = typer.Typer(help="List the agent's tools, or begin a new one.", invoke_without_command=True)

_TEMPLATE = '''"""{title}: say here what the tool is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from tools.context import ToolContext

# Sentences that should reach this tool; the agent compares a request with them.
EXAMPLES = ["{title}, please."]


def build(context: ToolContext) -> BaseTool:
    """The tool ``{name}``."""
    from langchain_core.tools import StructuredTool

    def {name}(question: str = "") -> str:
        """Say what it does: a language model reads this to choose it."""
        return f"{{context.catalogue.count()}} items are known."

    return StructuredTool.from_function(func={name}, name="{name}", metadata={{"examples": EXAMPLES}})
'''


@tools.callback()
def list_tools(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """List the agent's tools with what they are for."""
    if context.invoked_subcommand is not None:
        return
    from settings import load_settings
    from tools.registry import discover
    from wiring import open_parts

    with open_parts(load_settings(), stderr_console()) as parts:
        found = [
            (name, tool.description.splitlines()[0], list((tool.metadata or {}).get("examples", ())))
            for name, tool in discover(parts.tool_context).items()
        ]
    if as_json:
        rows = [dict(zip(("tool", "for", "examples"), each, strict=True)) for each in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("tool", "for", "reached by asking")
    for name, purpose, examples in found:
        table.add_row(name, purpose, examples[0] if examples else "-")
    Console().print(table)


@tools.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the tool, in snake_case.")],
    folder: Annotated[Path, typer.Option(help="Folder of the tools.")] = Path(__file__).parent.parent
    / "tools",
) -> None:
    """Write a working tool to start from: tools/NAME.py. The agent finds it at its next start."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", name):
        raise typer.BadParameter("use snake_case letters and digits, such as opening_hours")
    path = folder / f"{name}.py"
    if path.exists():
        raise KairosError(f"{path} exists already; choose another name")
    path.write_text(_TEMPLATE.format(name=name, title=name.replace("_", " ").capitalize()), encoding="utf-8")
    typer.echo(f"{path}: edit EXAMPLES and {name}(), then ask for it in the chat.")
