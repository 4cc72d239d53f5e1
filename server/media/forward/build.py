"""`python -m server.media.forward.build`: compile the helper of the native backend, if there is a C compiler.

Without one nothing is lost but speed: the worker then takes the cffi backend.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from server.media.forward.native import LIBRARY, SOURCE

FLAGS = ("-O2", "-std=gnu11", "-Wall", "-Wextra", "-fPIC", "-shared")


def build(library: Path = LIBRARY) -> str:
    """Compile unless it is fresh; what happened, in a word or two."""
    if library.exists() and library.stat().st_mtime >= SOURCE.stat().st_mtime:
        return "is up to date"
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return "is not built: there is no C compiler (not needed, only faster)"
    with tempfile.TemporaryDirectory(dir=library.parent) as folder:
        fresh = Path(folder) / library.name
        done = subprocess.run(  # noqa: S603 - the machine's own compiler on our own source
            [compiler, *FLAGS, "-o", str(fresh), str(SOURCE)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            return f"is not built: {done.stderr.strip()}"
        fresh.replace(library)  # a running worker keeps the file it has open
    return "is built"


if __name__ == "__main__":
    sys.stdout.write(f"The forwarding helper {build()}.\n")
