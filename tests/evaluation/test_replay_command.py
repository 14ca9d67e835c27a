from pathlib import Path

import pytest

from tests.commands.command_line import kairos, one_line_error


@pytest.mark.parametrize(
    ("arguments", "data", "code", "told"),
    [
        (("mind",), None, 1, "KAIROS_DATA"),
        (("mind",), "empty", 1, "mind_sample"),
        (("movielens", "--weights", "none.toml"), "empty", 1, "none.toml"),
        (("radio",), "empty", 2, "radio"),
        (("mind", "--seed", "-1"), "empty", 2, "seed"),
    ],
)
def test_what_is_wrong_is_said_before_any_model_is_loaded(
    arguments: tuple[str, ...], data: str | None, code: int, told: str, tmp_path: Path
) -> None:
    settings = {"data": str(tmp_path / data) if data else ""}
    done = kairos("evaluate", "replay", *arguments, home=tmp_path / "home", **settings)
    assert (done.code, done.out) == (code, "")
    assert told in (one_line_error(done) if code == 1 else done.err)
