# SPDX-License-Identifier: BSL-1.0
"""usage: tally.py LOGS SKIPS

Adds up the test logs of all lanes: LOGS/<lane>.json as Meson writes it, LOGS/<lane>.broken for a lane that did not get as
far. Prints what failed, what was skipped and why, and `N passed, N failed, N skipped` as its last line. A skip that SKIPS
does not name counts as failed.
"""

import json
import pathlib
import re
import sys

logs, allowed = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
lines = (line.partition("#")[0].strip() for line in allowed.read_text().splitlines())
expected_skips = {line for line in lines if line}
passed, failed, skipped = [], [], []

for broken in sorted(logs.glob("*.broken")):
    failed.append((broken.stem, broken.read_text().strip(), ""))

for log in sorted(logs.glob("*.json")):
    for line in log.read_text().splitlines():
        test = json.loads(line)
        suites, _, title = test["name"].partition(":")[2].partition(" / ")
        name = f"{suites.split('+')[0]} / {title}"
        said = (test.get("stdout") or "") + (test.get("stderr") or "")
        if test["result"] in ("OK", "EXPECTEDFAIL"):
            passed.append((log.stem, name, said))
        elif test["result"] == "SKIP" and name in expected_skips:
            skipped.append((log.stem, name, said))
        else:
            verdict = "skipped, which tests/skips.txt does not allow" if test["result"] == "SKIP" else test["result"]
            failed.append((log.stem, f"{name}: {verdict}", said))

for lane, name, said in passed:
    if runs := re.search(r"^Done (\d+) runs in (\d+) second", said, re.MULTILINE):
        print(f"{lane}: {name}: {int(runs[1]):,} inputs in {runs[2]} s")
for lane, name, said in failed:
    print(f"FAILED {lane}: {name}")
    print("".join(f"    {line}\n" for line in said.splitlines()[-60:]), end="")
for lane, name, said in skipped:
    print(f"skipped {lane}: {name}: {(said.strip().splitlines() or ['no reason given'])[-1]}")
print(f"{len(passed)} passed, {len(failed)} failed, {len(skipped)} skipped")
sys.exit(bool(failed) or not passed)
