"""Holds one key in a process of its own, and ends that process in the middle of the press, in one of four ways."""

import os
import signal
import subprocess
import sys
import time

WAYS = {"SIGKILL": signal.SIGKILL, "SIGTERM": signal.SIGTERM, "SIGSTOP": signal.SIGSTOP, "end of the press": None}

for way, number in WAYS.items():
    print(f"BEGIN {way}", flush=True)
    command = [sys.executable, "-W", "ignore", "-m", "tests.pi.guest.hold"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    print(f"HELD {way}", flush=True)
    if number is None:
        process.wait()
    else:
        process.send_signal(number)
        time.sleep(1.0)
    print(f"AFTER {way}", flush=True)
    # The host looks at the lines now.
    time.sleep(3.0)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
print("DONE", flush=True)
