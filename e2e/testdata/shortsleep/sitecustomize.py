"""Python runs this at its start. A rotation polls every 5 seconds what takes ElastiCache minutes and a drill moments, so
the sleeps between the polls are shortened; clocks, and with them every grace, stay as they are."""

import time

sleep = time.sleep
time.sleep = lambda seconds: sleep(seconds / 25)
