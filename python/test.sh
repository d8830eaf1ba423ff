#!/usr/bin/env bash
# Installs the wheel that `npm run python` made into a clean virtual environment, and runs the tests and the notebooks there.
set -euo pipefail
cd "$(dirname "$0")"
wheel=$(ls dist/finite_width-*.whl)
environment=${1:-.venv}
${PYTHON:-python3} -m venv --clear "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check "$wheel[test]"
export PATH="$PWD/$environment/bin:$PATH"
python -m pytest --quiet --nbmake --nbmake-timeout=300 tests notebooks
