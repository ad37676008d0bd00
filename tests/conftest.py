"""How deep the tests go: by default the same examples every time, with --deep many more and new ones."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("normal", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("deep", settings.get_profile("normal"), derandomize=False, max_examples=3000)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the tests."""
    parser.addoption("--deep", action="store_true", help="many more examples and worlds, and every field of law 2")
    parser.addoption("--mutants", action="store_true", help="break the network in every way of mutants.py, and see that tests notice")


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples hypothesis tries."""
    settings.load_profile("deep" if config.getoption("--deep") else "normal")


@pytest.fixture
def deep(request: pytest.FixtureRequest) -> bool:
    """Tell whether --deep is given."""
    return bool(request.config.getoption("--deep"))
