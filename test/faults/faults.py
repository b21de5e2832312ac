"""A real server on a real database, and what goes wrong around it (docs/faults.md).

    faults.py [CASE...] [--seed N] [--rounds N] [--nightly]

Each case ends with `NAME: acknowledged N, lost 0`.  A lost or doubled answer, a broken journal or
a database that is not whole fails.  The seed is printed; --seed plays the same dice again (the
machine's own timing is not in them).  NIGHTLY=1 is --nightly: 200 kills, 200 power cuts.
"""
import argparse
import importlib
import os
import random
import sys
import time

CASES = ("kill9",)


def read_options():
    parser = argparse.ArgumentParser(description="faults around a real server")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1000000))
    parser.add_argument("--rounds", type=int, default=0, help="kills, power cuts of a case")
    parser.add_argument("--nightly", action="store_true",
                        default=os.environ.get("NIGHTLY", "") not in ("", "0"))
    options = parser.parse_args()
    unknown = set(options.cases) - set(CASES)
    if unknown:
        parser.error(f"no case {', '.join(sorted(unknown))}")
    return options


def run_case(name, options):
    """(acknowledged, lost, whether it held)"""
    begun = time.monotonic()
    try:
        line, ledger = importlib.import_module(name).run(options)
    except Exception as fault:  # pylint: disable=broad-except
        print(f"{name}: FAILED: {type(fault).__name__}: {fault}", flush=True)
        return 0, 0, False
    for fault in ledger.faults + ledger.load.faults:
        print(f"# {name}: {fault}")
    held = ledger.ok()
    print(f"{line}, {time.monotonic() - begun:.0f} s{'' if held else ': FAILED'}", flush=True)
    return ledger.load.acknowledged, ledger.lost, held


def main():
    options = read_options()
    print(f"faults: seed {options.seed}", flush=True)
    results = [run_case(name, options) for name in options.cases or CASES]
    failed = sum(not held for _, _, held in results)
    print(f"faults: {len(results)} cases, acknowledged {sum(r[0] for r in results)},"
          f" lost {sum(r[1] for r in results)}" + (f", FAILED {failed}" if failed else ""))
    if failed:
        print(f"faults: again with --seed {options.seed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
