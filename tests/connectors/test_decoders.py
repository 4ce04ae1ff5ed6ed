"""Decoders are made by one thread at a time: in a process of its own, as what goes wrong here ends the process."""

from __future__ import annotations

import subprocess
import sys

_SHAPES = """
from __future__ import annotations
import sys, threading
from msgspec import Struct
from safesync.connectors.decoders import decoder
sys.setswitchinterval(1e-6)
FIELDS = "".join(f"    f{n}: dict[str, int] | None = None\\n" for n in range(30))
CLASSES = (f"class A{n}(Struct):\\n    inner: A{n + 1} | None = None\\n" for n in range(20))
SOURCE = "".join(each + FIELDS for each in CLASSES) + f"class A20(Struct):\\n{FIELDS}"
for turn in range(10):
    known = {"Struct": Struct, "__name__": f"shapes_{turn}"}
    sys.modules[known["__name__"]] = type(sys)(known["__name__"])
    exec("from __future__ import annotations\\n" + SOURCE, known)
    sys.modules[known["__name__"]].__dict__.update(known)
    begin, read = threading.Barrier(8), []
    def reads():
        begin.wait()
        read.append(decoder(known["A0"]).decode(b'{"inner":{"inner":{"f3":{"a":1}}}}').inner.inner.f3)
    threads = [threading.Thread(target=reads) for _ in range(8)]
    for each in threads: each.start()
    for each in threads: each.join()
    assert read == [{"a": 1}] * 8, read
"""


def test_threads_that_read_a_shape_for_the_first_time_all_read_it() -> None:
    done = subprocess.run([sys.executable, "-c", _SHAPES], capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - our own program

    assert (done.returncode, done.stderr) == (0, "")
