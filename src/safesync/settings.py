"""What the environment says: where the configuration is, and how to log."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from variables that begin with SAFESYNC_."""

    model_config = SettingsConfigDict(env_prefix="SAFESYNC_", frozen=True, extra="ignore")

    config: Path = Field(default=Path("safesync.yaml"), description="The configuration file.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="warning", description="What is logged on stderr.")
    log_format: Literal["human", "json"] = Field(default="human", description="How it is logged.")
