"""
Runs a program that may speak to this machine only: ``alone.py module:function [arguments]`` or ``alone.py script.py [arguments]``.

Whoever asks for another host is refused before a packet leaves, and the host is told in the file that ``BENCH_OUTSIDE`` names.
The certificate that ``SSL_CERT_FILE`` names is trusted also by those who look into ``certifi`` alone.
"""

from __future__ import annotations

import importlib
import os
import runpy
import sys
from pathlib import Path
from typing import Any

_HERE = ("127.0.0.1", "::1", "localhost", "", None)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in _HERE:
        with Path(os.environ["BENCH_OUTSIDE"]).open("a", encoding="utf-8") as told:
            told.write(f"{host}\n")
        raise ConnectionRefusedError(f"{host} is not this machine")


def _trust() -> None:
    try:
        import certifi  # noqa: PLC0415  # it is that of the program's environment
    except ImportError:
        return
    certifi.where = lambda: os.environ["SSL_CERT_FILE"]


def main() -> None:
    """Run what the first argument names, as if it had been started itself."""
    target = sys.argv[1]
    sys.argv = sys.argv[1:]
    sys.addaudithook(_watch)
    _trust()
    if target.endswith(".py"):
        sys.path[0] = str(Path(target).parent)
        runpy.run_path(target, run_name="__main__")
    else:
        module, function = target.split(":")
        getattr(importlib.import_module(module), function)()


if __name__ == "__main__":
    main()
