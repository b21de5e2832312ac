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

CASES = ("kill9", "powercut", "locked", "diskfull", "clock", "backup")


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
    """What it found: a list of (line, ledger), or None if it could not be played to its end."""
    try:
        found = importlib.import_module(name).run(options)
    except Exception as fault:  # pylint: disable=broad-except
        print(f"{name}: FAILED: {type(fault).__name__}: {fault}", flush=True)
        return None
    return found if isinstance(found, list) else [found]


def tell(name, found, seconds):
    """Whether all of it held."""
    held = found is not None
    for line, ledger in found or []:
        for fault in ledger.faults + ledger.load.faults:
            print(f"# {name}: {fault}")
        held = held and ledger.ok()
        print(f"{line}, {seconds:.0f} s{'' if ledger.ok() else ': FAILED'}", flush=True)
    return held


def main():
    options = read_options()
    print(f"faults: seed {options.seed}", flush=True)
    acknowledged = lost = failed = 0
    names = options.cases or CASES
    for name in names:
        begun = time.monotonic()
        found = run_case(name, options)
        failed += not tell(name, found, time.monotonic() - begun)
        acknowledged += sum(ledger.load.acknowledged for _, ledger in found or [])
        lost += sum(ledger.lost for _, ledger in found or [])
    print(f"faults: {len(names)} cases, acknowledged {acknowledged}, lost {lost}"
          + (f", FAILED {failed}" if failed else ""))
    if failed:
        print(f"faults: again with --seed {options.seed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
