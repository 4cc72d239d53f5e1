"""What all tests share."""

import pytest
from django.core.cache import cache

from meetings.live import snapshots


@pytest.fixture(autouse=True)
def _fresh_process_state() -> None:
    """Nothing that a process keeps between requests may leak from one test into the next."""
    snapshots._kept.clear()
    cache.clear()
