"""Run the benchmarks by name, all of them without one; exit code 1 where a goal is missed.

A number behind a name, as in list_users:1000000, is how many users the largest pool has.

Every goal is a ratio to, or a distance from, a limit that was measured in the same run on the same machine.
"""

import sys
from importlib import import_module

BENCHMARKS = ("main_job", "srp", "mfa", "kit", "import_users", "accounts", "list_users", "backup", "overload")


def main(names: list[str]) -> int:
    missed = 0
    for name in names or BENCHMARKS:
        print(name)
        module, _, size = name.partition(":")
        for row in import_module(module).rows(*map(int, size.split())):
            print(f"  {row}", flush=True)
            missed += row.figure > row.goal
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
