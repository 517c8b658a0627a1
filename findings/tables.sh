#!/bin/sh
# 1. sdmx1 2.28.0 can't read SDMX-CSV 2.0 without the column ACTION, which is optional (field guide: "if
#    this column is not present, a default action is assumed"): KeyError with the structure's id in it.
# 2. Linux: the peak memory that getrusage gives (ru_maxrss) begins with that of the process that started
#    this one, also after exec: a child that needs 10 MB says 300. VmHWM in /proc/self/status is its own.
# Prints versions and behaviour; fails if it changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "sdmx1==2.28.0"
"$folder/venv/bin/python" - <<'PYTHON'
import io
import platform
import subprocess
import sys
from importlib.metadata import version

import sdmx
from sdmx.model import common, v30

structure = v30.DataStructureDefinition(id="B", version="1.0.0", maintainer=common.Agency(id="W"))
structure.dimensions.append(common.Dimension(id="AREA"))
structure.measures.append(v30.Measure(id="OBS_VALUE"))


def read(*lines):
    body = io.BytesIO("\n".join(lines).encode())
    return sdmx.read_sdmx(body, format="csv", structure=structure).data[0].obs


print("sdmx1", version("sdmx1"))
found = read("STRUCTURE,STRUCTURE_ID,ACTION,AREA,OBS_VALUE", "datastructure,W:B(1.0.0),I,x,1")
print("with ACTION:", len(found), "observation")
assert found[0].value == "1"
try:
    read("STRUCTURE,STRUCTURE_ID,AREA,OBS_VALUE", "datastructure,W:B(1.0.0),x,1")
except KeyError as error:
    print("without ACTION: KeyError", error)
    assert error.args == ("W:B(1.0.0)",)
else:
    raise AssertionError("it reads now")

print("Linux", platform.release(), "Python", platform.python_version())
large = bytearray(300 * 2**20)
child = """
import resource
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
print([int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")][0])
"""
ended = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True)
rusage, own = map(int, ended.stdout.split())
print("a small child of a process with 300 MB: ru_maxrss", rusage, "MB, VmHWM", own, "MB")
assert rusage > 300 > own
PYTHON
