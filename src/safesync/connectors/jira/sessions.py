"""How the package speaks to one site: an object of its own for each thread."""

from __future__ import annotations

import threading
from functools import partial

from jira import JIRA

from safesync.connectors.port import Access

_HEADERS = {"Accept-Language": "en", "X-Force-Accept-Language": "true"}  # names of types and states come in one language


class Sessions:
    """
    The package's object for each thread that asks; nothing is sent while one is made.

    The session of ``requests`` promises nothing to threads that share it, and the package changes its own.
    """

    def __init__(self, access: Access, timeout_s: tuple[float, float]) -> None:
        self._make = partial(_session_of, access, timeout_s)
        self._lock = threading.Lock()
        self._local = threading.local()
        self._made: list[JIRA] = []

    def mine(self) -> JIRA:
        """This thread's."""
        found = getattr(self._local, "jira", None)
        if found is None:
            found = self._local.jira = self._make()
            with self._lock:
                self._made.append(found)
        return found

    def close(self) -> None:
        """Give back the connections of all threads; whoever asks later gets a new one."""
        with self._lock:
            made, self._made, self._local = self._made, [], threading.local()
        for jira in made:
            jira.close()


class _Jira(JIRA):  # type: ignore[misc]  # the package says nothing of its types
    """The package's client, which does not look on the disk for ``magic`` each time: that names attachments, and we send none."""

    def _try_magic(self) -> None:
        self._magic = None


def _session_of(access: Access, timeout_s: tuple[float, float]) -> JIRA:
    who = {"basic_auth": (access.user, access.token)} if access.user else {"token_auth": access.token}
    options = {"headers": dict(_HEADERS)}
    return _Jira(server=access.url, options=options, max_retries=0, get_server_info=False, timeout=timeout_s, logging=False, **who)
