"""Where database work runs. SQLite has one writer: one thread is right. PostgreSQL gets a small pool of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.db import connection

P = ParamSpec("P")
T = TypeVar("T")

_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="live")


async def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run synchronous database work for asynchronous code."""
    if connection.vendor == "sqlite":
        result: T = await database_sync_to_async(work)(*args, **kwargs)
    else:
        result = await database_sync_to_async(work, thread_sensitive=False, executor=_pool)(*args, **kwargs)
    return result
