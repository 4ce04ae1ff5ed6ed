"""What the environment says: where the configuration is, and how to log."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from safesync.model.errors import ConfigurationError
from safesync.rules.complaint import told


class Settings(BaseSettings):
    """Read from variables that begin with SAFESYNC_."""

    model_config = SettingsConfigDict(env_prefix="SAFESYNC_", frozen=True, extra="ignore")

    config: Path = Field(default=Path("safesync.yaml"), description="The configuration file.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="warning", description="What is logged on stderr.")
    log_format: Literal["human", "json"] = Field(default="human", description="How it is logged.")


def read_settings() -> Settings:
    """What the environment says; ``ConfigurationError`` with the name of each variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"the environment variable SAFESYNC_{str(each['loc'][0]).upper()}: {told(each)}" for each in error.errors()]
        raise ConfigurationError(*wrong) from None
