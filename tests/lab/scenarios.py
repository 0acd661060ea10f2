"""All scenarios: the ROWS of every rows_*.py, in the order of their names."""

import importlib
import pathlib

MODULES = sorted(path.stem for path in pathlib.Path(__file__).parent.glob("rows_*.py"))
SCENARIOS = [row for module in MODULES for row in importlib.import_module(module).ROWS]
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
assert len(BY_NAME) == len(SCENARIOS), "two scenarios have one name"
