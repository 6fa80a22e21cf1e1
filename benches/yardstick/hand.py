"""The hand-written kernels of `kernel/`, built and called through the C ABI."""

from __future__ import annotations

import ctypes
import json
import platform
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
from deal_table import METRICS, N_DATES, deal_table

MANIFEST = Path(__file__).parent / "kernel" / "Cargo.toml"
CPUS = {"avx512": 512, "avx2": 2}


class Choice(ctypes.Structure):
    """Mirror of `Choice` in `kernel/src/lib.rs`."""

    _fields_ = [(name, ctypes.c_uint32) for name in ("cpu", "exact", "merged", "vectors", "tile", "threads")]


@cache
def library() -> ctypes.CDLL | None:
    """The kernels, built if need be; None where the processor is not x86-64."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return None
    build = ["cargo", "build", "--release", "--manifest-path", str(MANIFEST), "--message-format", "json"]
    lines = subprocess.run(build, check=True, capture_output=True, text=True).stdout.splitlines()
    messages = [json.loads(line) for line in lines]
    files = [f for m in messages if m["reason"] == "compiler-artifact" for f in m["filenames"]]
    loaded = ctypes.CDLL(
        next(f for f in files if "yardstick_kernel" in f and Path(f).suffix in (".so", ".dylib", ".dll"))
    )
    pointer = ctypes.c_void_p
    loaded.yardstick_run.argtypes = [pointer, pointer, pointer, ctypes.c_size_t, pointer]
    return loaded


def available(cpu: str) -> bool:
    """Can this machine run the kernels of a path?"""
    return library() is not None and _call(np.zeros((N_DATES, 1)), Choice(CPUS[cpu], 1, 0, 1, 64, 1))[0] != 2


def _call(rent: np.ndarray, choice: Choice) -> tuple[int, np.ndarray]:
    assert rent.dtype == np.float64
    assert rent.flags.c_contiguous
    assert rent.shape[0] == N_DATES
    out = np.empty((len(METRICS), rent.shape[1]))
    table = deal_table(bool(choice.exact))
    lib = library()
    assert lib is not None
    code = lib.yardstick_run(
        ctypes.addressof(table), ctypes.addressof(choice), rent.ctypes.data, rent.shape[1], out.ctypes.data
    )
    return code, out


def run(
    rent: np.ndarray, cpu: str, exact: bool, merged: bool, vectors: int = 2, tile: int = 384, threads: int = 1
) -> dict[str, np.ndarray]:
    """All scenarios; a negative, too large or missing rent is refused."""
    code, out = _call(rent, Choice(CPUS[cpu], exact, merged, vectors, tile, threads))
    if code:
        raise ValueError("a rent is out of range" if code == 1 else f"no kernel for {cpu} with {vectors} vectors")
    return dict(zip(METRICS, out, strict=True))
