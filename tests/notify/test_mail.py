from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest

from safesync.model.notice import Cause, Notice
from safesync.notify.channel import Channel, NotReachedError

STOPPED = Notice(Cause.STOPPED, "stopped", "SafeSync stopped", "212 items, more than the limit of 50.")


class PostOffice(socketserver.ThreadingTCPServer):
    """A mail server on loopback that knows nobody at ``gone.example``, and no password but ``right``."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Counter)
        self.taken: list[list[str]] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Counter(socketserver.StreamRequestHandler):
    server: PostOffice

    def handle(self) -> None:
        to: list[str] = []
        self._say("220 here")
        for line in iter(lambda: self.rfile.readline().decode().strip(), ""):
            verb = line[:4].upper()
            if verb == "EHLO":
                self._say("250-here", "250 AUTH PLAIN")
            elif verb == "AUTH":
                self._say("535 5.7.8 no")
            elif verb == "RCPT" and "gone.example" in line:
                self._say("550 nobody of that name")
            elif verb == "DATA":
                self._say("354 go on")
                while self.rfile.readline() != b".\r\n":
                    pass
                self.server.taken.append(to)
                self._say("250 taken")
            else:
                to += [line[9:-1]] if verb == "RCPT" else []
                self._say("250 well")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as found:
        thread = threading.Thread(target=found.serve_forever, args=(0.02,))
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def test_a_mail_arrives(office: PostOffice) -> None:
    assert not Channel("mail", f"mailto://{office.address}?from=us@here.example&to=kim@here.example").send(STOPPED)
    assert office.taken == [["kim@here.example"]]


@pytest.mark.parametrize("also", ["&to=kim@here.example,lee@gone.example", "&to=kim@here.example&cc=lee@gone.example"])
def test_who_has_the_mail_already_does_not_get_it_again_because_another_does_not_take_it(office: PostOffice, also: str) -> None:
    said = Channel("mail", f"mailto://{office.address}?from=us@here.example{also}").send(STOPPED)
    assert office.taken == [["kim@here.example"]]
    assert "mail was not told 'SafeSync stopped' in part" in said
    assert "example" not in said


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("mailto://user:very-secret@{}?from=us@here.example&to=kim@here.example", 535),
        ("mailto://{}?from=us@here.example&to=lee@gone.example", 550),
    ],
)
def test_what_a_mail_server_answers_is_told(office: PostOffice, url: str, status: int) -> None:
    with pytest.raises(NotReachedError, match=rf"mail was not told 'SafeSync stopped': it answered {status}\.$"):
        Channel("mail", url.format(office.address)).send(STOPPED)
    assert not office.taken
