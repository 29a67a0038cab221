# SPDX-License-Identifier: MIT
# fetch.py: `fetch.py URL TEXT` succeeds once the text has come from there.
import sys
import urllib.request

PATIENCE = 10  # seconds

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    with opener.open(sys.argv[1], timeout=PATIENCE) as answer:
        sys.exit(not any(sys.argv[2] in line.decode() for line in answer))
except OSError as error:
    sys.exit(f"{sys.argv[1]}: {error}")
