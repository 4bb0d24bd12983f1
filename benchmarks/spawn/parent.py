# SPDX-License-Identifier: BSL-1.0
"""usage: parent.py MIB     the parent of Python's subprocess; for each line of seconds it says how many starts took how long and how much CPU"""

import mmap
import resource
import subprocess
import sys
import time

size = int(sys.argv[1]) << 20
memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE)
memory.madvise(mmap.MADV_NOHUGEPAGE)
for page in range(0, size, mmap.PAGESIZE):
    memory[page] = 1


def cpu():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


for line in sys.stdin:
    count, start, before = 0, time.perf_counter(), cpu()
    while (spent := time.perf_counter() - start) < float(line):
        subprocess.run(["/bin/true"], check=True)
        count += 1
    print(count, spent, cpu() - before, flush=True)
