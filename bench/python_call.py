"""NNGP from Python beside the same call in JavaScript, repeated in turn: seconds of each and their ratio.

Run on an idle machine after `npm run python`, where the wheel is installed: python bench/python_call.py [P]
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import finite_width as fw

ROOT = Path(__file__).parent.parent
POINTS = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
DIMENSION = 784
REPEATS = 7

JAVASCRIPT = f"""
import {{ createProblem, nodeCompute, solve }} from {json.dumps((ROOT / "dist/index.js").as_uri())};
import {{ createInterface }} from 'node:readline';
const [rows, columns] = [{POINTS}, {DIMENSION}];
const x = {{ rows, columns, data: Float64Array.from({{ length: rows * columns }}, (_, k) => Math.sin(k * 1.7 + (k % 97))) }};
const y = {{ rows, columns: 1, data: Float64Array.from({{ length: rows }}, (_, k) => Math.cos(k)) }};
const compute = await nodeCompute();
const network = {{ hiddenLayers: 3, width: 1000, activation: 'erf' }};
for await (const _ of createInterface({{ input: process.stdin }})) {{
  const start = performance.now();
  const posterior = await solve(createProblem({{ data: {{ x, y }}, network, noiseVariance: 0.1 }}), 'nngp', {{ compute }});
  if (!Number.isFinite(posterior.logEvidence)) throw new Error('no evidence');
  console.log(performance.now() - start);
}}
"""


def python_call() -> tuple[float, float]:
    """Seconds of the solve, and with the problem before it: its data on their way, and what is worth knowing."""
    start = time.perf_counter()
    problem = fw.Problem(x, y, hidden_layers=3, width=1000)
    sent = time.perf_counter()
    assert np.isfinite(fw.solve(problem, "nngp", progress=False).log_evidence)
    end = time.perf_counter()
    return end - sent, end - start


k = np.arange(POINTS * DIMENSION)
x = np.sin(k * 1.7 + k % 97).reshape(POINTS, DIMENSION)
y = np.cos(np.arange(POINTS))
node = subprocess.Popen(
    ["node", "--input-type=module", "--eval", JAVASCRIPT.strip()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
)


def javascript_call() -> float:
    node.stdin.write("\n")
    node.stdin.flush()
    return float(node.stdout.readline()) / 1000


# The first of each starts threads and finds the library.
python_call(), javascript_call()
rounds = [(*python_call(), javascript_call()) for _ in range(REPEATS)]
node.stdin.close()
alone, whole, theirs = (statistics.median(times) for times in zip(*rounds))
print(f"nngp, P = {POINTS}, D = {DIMENSION}, three layers, medians of {REPEATS}; JavaScript {theirs:.3f} s")
print(f"Python, solve {alone:.3f} s, ratio {alone / theirs:.2f}")
print(f"Python, Problem and solve {whole:.3f} s, ratio {whole / theirs:.2f}")
