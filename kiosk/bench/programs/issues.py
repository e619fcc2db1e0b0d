"""Asks an office for rows over HTTP, by several clients at once, each over a connection of its own that stays open.

Standard input: JSON {"host", "port", "clients", "asked": [[token, meter number], …]}. Prints JSON: how many seconds all
of it took, and the milliseconds of each answer, sorted. Exit status 1 if one was refused or had no rows.
"""

import json
import sys
import threading
import time
import uuid
from http.client import HTTPConnection


def main() -> int:
    """Ask, and print."""
    told = json.load(sys.stdin)
    asked: list[tuple[str, str]] = told["asked"]
    number: int = told["clients"]
    waits: list[float] = []
    wrong: list[str] = []
    start = threading.Barrier(number + 1)

    def client(which: int) -> None:
        connection = HTTPConnection(told["host"], told["port"], timeout=60)
        connection.connect()
        start.wait()
        for token, meter in asked[which::number]:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            began = time.perf_counter()
            connection.request("PUT", f"/v1/issues/{uuid.uuid4()}", json.dumps({"meter_number": meter}), headers)
            answer = connection.getresponse()
            content = answer.read()
            waits.append(1000 * (time.perf_counter() - began))
            if answer.status != 200 or not json.loads(content)["changes"]:
                wrong.append(content.decode())
        connection.close()

    clients = [threading.Thread(target=client, args=(which,)) for which in range(number)]
    for thread in clients:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in clients:
        thread.join()
    print(json.dumps({"seconds": time.perf_counter() - began, "waits": sorted(waits)}))
    for content in wrong[:1]:
        print(content, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
