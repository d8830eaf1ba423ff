"""The core process: started when it is first needed, ended with Python, started anew after a crash."""

from __future__ import annotations

import atexit
import collections
import os
import queue
import signal
import subprocess
import sys
import threading
import warnings
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ._frames import frame_parts, read_frame
from ._node import find_node
from ._version import __version__
from .errors import CoreError, InputError, OutOfMemoryError, OutOfReachError, with_keywords

MAIN = Path(__file__).parent / "core" / "dist" / "compute" / "main.js"
#: Seconds that the core may take to leave what it does, before it is ended.
PATIENCE = 10.0
KINDS = {"InputError": InputError, "MemoryError": OutOfMemoryError, "OutOfReach": OutOfReachError}

Progress = Callable[[float, str], None]
Reply = tuple[Any, dict[str, np.ndarray]]


class Core:
    """One core process, which answers one request at a time.

    Parameters
    ----------
    environment : mapping, optional
        Variables of the process beside those of Python, such as ``FINITE_WIDTH_THREADS``.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = dict(environment or {})
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._messages: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._said: collections.deque[str] = collections.deque(maxlen=40)
        self._released: collections.deque[int] = collections.deque()
        self._last = 0
        #: counts the processes: what one holds, the next does not know
        self.generation = 0
        self.node: str | None = None
        _cores.add(self)

    def start(self) -> int:
        """Starts the process if there is none; returns its generation."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            return self.generation

    def _start(self) -> None:
        self.close()
        self.node = find_node()
        # A group of its own: Ctrl-C is for Python, which asks the core to stop.
        apart: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
        process = subprocess.Popen(
            [self.node, str(MAIN)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **self._environment},
            **apart,
        )
        _widen(process)
        self._process = process
        self._messages = queue.SimpleQueue()
        self._said = collections.deque(maxlen=40)
        self._released.clear()
        self.generation += 1
        for target, arguments in ((_listen, (process, self._messages)), (_note, (process, self._said))):
            threading.Thread(target=target, args=arguments, daemon=True, name="finite-width").start()
        ready = self._receive()
        if ready.get("ready") != __version__:
            self.close()
            raise CoreError(
                f"the core is version {ready.get('ready')}, and this package {__version__}; install it again"
            )

    def close(self) -> None:
        """Ends the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.stdin.close()  # type: ignore[union-attr]
        except OSError:
            pass
        try:
            process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop(self) -> None:
        """Ends the process at once, from any thread: who waits for its answer is told that it ended."""
        process = self._process
        if process is not None:
            process.kill()

    def forget(self) -> None:
        """In a process that was forked: the core belongs to the parent."""
        process, self._process = self._process, None
        self._lock = threading.RLock()
        if process is not None:
            for stream in (process.stdin, process.stdout, process.stderr):
                os.close(stream.fileno())  # type: ignore[union-attr]
            _orphans.append(process)

    def release(self, handle: int, generation: int) -> None:
        """Lets the core forget what it holds, with the next request. Safe wherever the collector runs."""
        if generation == self.generation:
            self._released.append(handle)

    def call(self, method: str, parameters: Mapping[str, Any], progress: Progress | None = None) -> Reply:
        """Asks for something, and waits for the answer.

        Raises
        ------
        ValueError
            With the core's own line, for bad input.
        CoreError
            If the process ended; the next call starts another one.
        KeyboardInterrupt
            After the core has left what it was doing.
        """
        with self._lock:
            self.start()
            if self._released:
                handles = [self._released.popleft() for _ in range(len(self._released))]
                self._exchange("release", {"handles": handles}, None)
            return self._exchange(method, parameters, progress)

    def _exchange(self, method: str, parameters: Mapping[str, Any], progress: Progress | None) -> Reply:
        self._last += 1
        request = self._last
        self._send({"id": request, "method": method, "parameters": parameters})
        try:
            answer = self._answer(request, progress)
        except CoreError:
            raise
        except BaseException:
            self._cancel(request)
            raise
        for note in answer.get("notes", ()):
            warnings.warn(note, RuntimeWarning, stacklevel=4)
        failure = answer.get("failure")
        if failure is None:
            return answer.get("value"), answer["arrays"]
        raise with_keywords(KINDS.get(failure["kind"], CoreError)(failure["message"]), parameters)

    def _send(self, content: Mapping[str, Any]) -> None:
        parts = frame_parts(content)
        process = self._process
        try:
            for part in parts:
                process.stdin.write(part)  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
        except OSError:
            self._fail()
        except BaseException:
            # Half a message makes no sense of what follows it.
            self._kill()
            raise

    def _answer(
        self, request: int, progress: Progress | None, timeout: float | None = None
    ) -> dict[str, Any]:
        while True:
            message = self._receive(timeout)
            if message.get("id") != request:
                continue
            step = message.get("progress")
            if step is None:
                return message
            if progress is not None:
                progress(step["fraction"], step["stage"])

    def _receive(self, timeout: float | None = None) -> dict[str, Any]:
        waited = 0.0
        while timeout is None or waited < timeout:
            try:
                # Never for long: on some systems a lock that is waited for cannot be interrupted.
                message = self._messages.get(timeout=0.5)
            except queue.Empty:
                waited += 0.5
                continue
            if message is None:
                self._fail()
            return message  # type: ignore[return-value]
        raise TimeoutError

    def _cancel(self, request: int) -> None:
        """Ends what the core does, in order if it listens in time."""
        try:
            self._send({"cancel": request})
            self._answer(request, None, PATIENCE)
        except CoreError:
            pass
        except BaseException:
            # It does not listen, or the user does not want to wait.
            self._kill()

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def _fail(self) -> None:
        """The process is gone: says so, with its last words."""
        process, self._process = self._process, None
        status = None
        if process is not None:
            try:
                status = process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
        how = f"status {status}"
        if status is not None and status < 0:
            how = f"signal {signal.Signals(-status).name}"
        words = [line for line in self._said if "FATAL ERROR" in line or "Error" in line][:1]
        last = f": {words[0].strip()}" if words else ""
        raise CoreError(f"the core process ended ({how}){last}; the next call starts another one")


def _widen(process: subprocess.Popen[bytes]) -> None:
    """Lets pipes hold more, where that can be said (Linux): arrays take fewer turns."""
    try:
        import fcntl

        for stream in (process.stdin, process.stdout):
            fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, 1 << 20)  # type: ignore[arg-type]
    except (ImportError, AttributeError, OSError):
        pass


def _listen(process: subprocess.Popen[bytes], messages: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    """Puts what the core says into the queue, until it says nothing any more."""
    try:
        while (message := read_frame(process.stdout)) is not None:  # type: ignore[arg-type]
            messages.put(message)
    except (OSError, ValueError):
        pass
    messages.put(None)


def _note(process: subprocess.Popen[bytes], said: collections.deque[str]) -> None:
    try:
        for line in process.stderr:  # type: ignore[union-attr]
            said.append(line.decode(errors="replace"))
    except (OSError, ValueError):
        pass


_cores: weakref.WeakSet[Core] = weakref.WeakSet()
#: Processes of the parent of a fork, which must be neither waited for nor ended here.
_orphans: list[subprocess.Popen[bytes]] = []


@atexit.register
def _close_all() -> None:
    for core in list(_cores):
        core.close()


def _forget_all() -> None:
    for core in list(_cores):
        core.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)

#: The core that everything uses unless told otherwise.
shared = Core()


class Held:
    """Something that the core holds for an object of Python: made again when the process is another one.

    Parameters
    ----------
    owner
        When it is collected, the core forgets.
    make : callable
        Makes it in the core, given its owner, and returns its handle. Refers to the owner by this argument
        alone, or neither would ever go.
    """

    def __init__(self, core: Core, owner: Any, make: Callable[[Any, Core], int]) -> None:
        self.core = core
        self._owner = weakref.ref(owner)
        self._make = make
        self._generation = -1
        self._handle = -1

    def set(self, handle: int) -> None:
        """Takes what the core has just made."""
        self._handle, self._generation = handle, self.core.generation
        weakref.finalize(self._owner(), self.core.release, handle, self._generation).atexit = False

    def handle(self) -> int:
        """By which the core knows it now."""
        if self.core.start() != self._generation:
            self.set(self._make(self._owner(), self.core))
        return self._handle


def about() -> dict[str, Any]:
    """What computes: backend, threads, memory in bytes, Node and the version of this package."""
    value, _ = shared.call("about", {})
    return {"version": __version__, **value, "node": shared.node, "python": sys.version.split()[0]}
