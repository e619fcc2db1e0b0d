"""A security module's server in a process of its own, to be killed.

python -m tests.programs.token_module CERTIFICATE KEY PORT MEMORY [FAULT]
It prints its port when it listens. FAULT is what becomes of the answer to the first issue.
"""

import sys
import threading
from pathlib import Path

from tests.support.certificates import Certificate
from tests.support.token_module import Fault, Memory, TokenModule

if __name__ == "__main__":
    certificate, key, port, memory, *fault = sys.argv[1:]
    module = TokenModule(Certificate(Path(certificate), Path(key)), Memory(Path(memory)))
    module.port = int(port)
    if fault:
        module.faults["issueKeyChangeTokens"] = [Fault[fault[0]]]
    module.start()
    print(module.port, flush=True)
    threading.Event().wait()
