"""`python -m bench [join|relay|store] [options]`; without a name, all of them."""

import argparse
import asyncio

from bench import join, relay, store


def main() -> None:
    """Run what was asked for and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=["join", "relay", "store"], help="which one; all without it")
    parser.add_argument("--rounds", type=int, default=9, help="rounds of join that count; one more is thrown away")
    parser.add_argument("--people", type=int, nargs="*", default=[500, 2000], help="idle people for relay")
    parser.add_argument("--meetings", type=int, nargs="*", default=[10_000, 100_000], help="stored meetings for store")
    wish = parser.parse_args()
    if wish.name in {None, "join"}:
        join.measure(wish.rounds)
    if wish.name in {None, "relay"}:
        asyncio.run(relay.measure(wish.people))
    if wish.name in {None, "store"}:
        asyncio.run(store.measure(wish.meetings))


if __name__ == "__main__":
    main()
