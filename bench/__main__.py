"""`python -m bench [join|relay|store|lists|tuning|networks] [options]`; without a name, the first four."""

import argparse
import asyncio

from bench import join, lists, relay, store


def main() -> None:
    """Run what was asked for and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "name",
        nargs="?",
        choices=["join", "relay", "store", "lists", "tuning", "networks"],
        help="which one; without it, the first four",
    )
    parser.add_argument("--rounds", type=int, default=9, help="rounds of join (one more is thrown away) and of tuning")
    parser.add_argument("--people", type=int, nargs="*", default=[500, 2000, 5000], help="idle people for relay")
    parser.add_argument(
        "--meetings", type=int, nargs="*", default=[10_000, 100_000, 1_000_000], help="stored meetings for store"
    )
    parser.add_argument("--mongodb", help="address of a MongoDB for store; without it, one is started")
    wish = parser.parse_args()
    if wish.name == "tuning":
        from bench import tuning  # noqa: PLC0415 -- uses parts of the browser tests, see below

        asyncio.run(tuning.measure(wish.rounds))
    if wish.name == "networks":
        from bench import networks  # noqa: PLC0415 -- same

        asyncio.run(networks.measure())
    if wish.name in {None, "join"}:
        join.measure(wish.rounds)
    if wish.name in {None, "relay"}:
        asyncio.run(relay.measure(wish.people))
    if wish.name in {None, "store", "lists"}:
        # Without an address: the MongoDB that the tests start (make bench has their folder on the path).
        from mongodb_server import shared_url  # noqa: PLC0415

        mongodb = shared_url() if wish.mongodb is None else wish.mongodb
        if wish.name != "lists":
            asyncio.run(store.measure(wish.meetings, mongodb))
        if wish.name != "store":
            asyncio.run(lists.measure(mongodb))


if __name__ == "__main__":
    main()
