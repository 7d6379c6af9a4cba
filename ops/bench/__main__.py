"""``python3 run.py bench NAME [options]``: runs one benchmark. Without a name it lists them."""

import importlib
import sys

BENCHES = {
    "writer": "commands per second, each commit durable, against the library's own Application.save",
    "memory": "resident set of a serving process with 10 k and 100 k open disputes in the cache",
    "views": "rebuild and live rate of the custody view against one event per transaction",
    "relay": "store to Kafka against a bare kafka-python producer",
    "pages": "p95 and bytes of board, lists and disputes with 100 k disputes and 20 people; a sign on the live board",
    "latency": "outbox to custody view and to the receiver's inbox at 100 per second",
    "statistics": "the statistics view rebuilt from a million events against SQL over raw events, all sums compared",
    "dates": "due dates per second, explained or not, against a loop over datetimes",
}


def main() -> int:
    """0 when every floor was reached, 1 when one was missed, 2 for an unknown name."""
    if len(sys.argv) < 2 or sys.argv[1] not in BENCHES:
        print("usage: run.py bench NAME [--quick] [options of the benchmark]\n")
        for name, what in BENCHES.items():
            print(f"  {name:10} {what}")
        return 0 if sys.argv[1:2] in ([], ["--help"], ["-h"]) else 2
    bench = importlib.import_module(f"ops.bench.{sys.argv[1]}")
    return int(bench.main(sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(main())
