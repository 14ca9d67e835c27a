"""Every setting of Kairos in one object. Nothing else reads the environment.

A value comes from, first to last: an argument in code, ``KAIROS_<NAME>`` in the
environment, ``kairos.toml`` in the working folder, the default here.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from errors import SettingsError

# Threads of torch that wait must not spin: beside another busy process a sentence would take twenty times as
# long. OpenMP reads this once, when torch is first imported; this module is imported before it everywhere.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


class Settings(BaseSettings):
    """What can be set, its default and its meaning; times in seconds unless named otherwise."""

    model_config = SettingsConfigDict(
        env_prefix="KAIROS_", toml_file="kairos.toml", extra="forbid", frozen=True, env_ignore_empty=True
    )

    home: Path = Field(Path("~/.kairos"), description="Folder of the catalogue, events and memory.")
    data: Path | None = Field(None, description="Folder of the public data sets for training and measuring.")

    timezone: str = Field("UTC", description="IANA zone in which 'tonight' and 'tomorrow' are meant.")
    country: str = Field("US", description="ISO 3166 country whose holidays are meant by name.")
    currency: str = Field(
        "USD", description="ISO 4217 code of what '$' means; a bare number is in each item's own currency."
    )

    chroma_host: str | None = Field(None, description="Host of a Chroma server; unset: embedded in home.")
    chroma_port: int = Field(8000, ge=1, le=65535)
    chroma_ssl: bool = False
    collection: str = Field("items", description="Name of the Chroma collection.")

    feeds: tuple[str, ...] = Field(
        (), description="RSS and Atom feeds to follow, each 'ADDRESS [DOMAIN] [INTERVAL]' (news, 10m)."
    )

    embedder: str = Field(
        "default",
        description="'default', 'base' (not fine-tuned), a sentence-transformers model id, or a folder.",
    )
    scorer: str = Field("default", description="'default', a cross-encoder model id, or a folder.")
    device: str = Field("auto", description="'auto' (a GPU if there is one), 'cpu', 'cuda', 'cuda:1', 'mps'.")
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="'auto' measures both once at load and takes the faster."
    )

    llm: str | None = Field(
        None, description="A LangChain chat model, e.g. 'openai:gpt-5-mini'; unset: none."
    )
    llm_base_url: str | None = Field(None, description="Address of an OpenAI-compatible server.")
    llm_api_key: SecretStr | None = None
    llm_timeout: float = Field(20.0, gt=0)
    llm_retries: int = Field(1, ge=0, le=10)

    answers: int = Field(5, ge=1, le=50, description="Recommendations in an answer.")
    candidates: int = Field(32, ge=1, le=500, description="Candidates that the classifier scores.")
    node_timeout: float = Field(30.0, gt=0, description="Longest time for one stage of a turn.")
    max_message_chars: int = Field(4000, ge=100, description="A longer message is cut, with a note.")

    host: str = "127.0.0.1"
    port: int = Field(7860, ge=1, le=65535)

    @field_validator("home", "data")
    @classmethod
    def _expand(cls, value: Path | None) -> Path | None:
        return value.expanduser() if value else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is not an IANA time zone such as Europe/Athens") from error
        return value

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of ``timezone``."""
        return ZoneInfo(self.timezone)

    @property
    def catalogue_dir(self) -> Path:
        """Where the embedded Chroma and the lexical index live."""
        return self.home / "catalogue"

    @property
    def memory_file(self) -> Path:
        """SQLite file of the conversations."""
        return self.home / "memory.sqlite"

    @property
    def events_file(self) -> Path:
        """SQLite file of events and feedback."""
        return self.home / "events.sqlite"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**values: object) -> Settings:
    """Read the settings; ``values`` win over environment and file.

    Raises:
        SettingsError: a value is unknown or cannot be used, named in one line.
    """
    try:
        return Settings(**values)  # type: ignore[arg-type]
    except (ValidationError, ValueError) as error:
        raise SettingsError(f"settings: {_first_line(error)} (see 'app.py doctor')") from error


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        return f"KAIROS_{name.upper()}: {first['msg']}"
    return str(error).splitlines()[0]
