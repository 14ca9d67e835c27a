"""The committed conversations, played with the real agent: one test a script."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from evaluation.conversations.play import ScriptResult, play
from evaluation.conversations.read import read_script, script_files
from evaluation.conversations.report import details
from evaluation.conversations.stage import Stage
from settings import load_settings

FILES = script_files()
IN_EVERY_RUN = {"weekend.yaml"}  # of the long ones


def slow_where_long(file: Path) -> object:
    kept = len(read_script(file).turns) < 12 or file.name in IN_EVERY_RUN
    return pytest.param(file, id=file.stem, marks=() if kept else pytest.mark.slow)


@pytest_asyncio.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    yield Stage.load(load_settings(home=folder / "home"), folder)


@pytest.mark.parametrize("file", [slow_where_long(each) for each in FILES])
async def test_conversation_goes_as_its_script_expects(file: Path, stage: Stage) -> None:
    result = await play(file, read_script(file), stage)
    told = "\n".join(details(result))
    if unexpected(result):
        pytest.fail(told)
    if result.known:
        pytest.xfail(told)


def unexpected(result: ScriptResult) -> bool:
    return any(failure.known is None for failure in result.failures)


def test_there_are_ten_long_scripts_in_five_domains_and_two_languages() -> None:
    scripts = [read_script(each) for each in FILES]
    long = [each for each in scripts if len(each.turns) >= 12]
    tags = {tag for each in long for tag in each.tags}
    assert len(long) >= 10
    assert {"shopping", "news", "music", "video", "smart_home", "chinese"} <= tags
