"""Writes what Airbyte's source-faker makes up into a Convex deployment, with PyAirbyte.

    export CONVEX_URL=https://YOUR-DEPLOYMENT.convex.cloud
    export CONVEX_DEPLOY_KEY='prod:...'
    python sync.py append_dedup --count 1000

Your own source takes the place of source-faker: another name, another configuration.
"""

import argparse
import os
import sys
from pathlib import Path

# PyAirbyte reads this when it is imported: no telemetry, no look into Airbyte's list of connectors.
os.environ.setdefault("AIRBYTE_OFFLINE_MODE", "1")

import airbyte as ab
from airbyte.strategies import WriteStrategy

REPOSITORY = Path(__file__).resolve().parents[2]
STRATEGIES = {
    "append": WriteStrategy.APPEND,
    "append_dedup": WriteStrategy.MERGE,
    "overwrite": WriteStrategy.REPLACE,
}

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("mode", choices=STRATEGIES)
parser.add_argument("--count", type=int, default=1_000, help="how many users source-faker makes up")
parser.add_argument("--times", type=int, default=1, help="how many syncs, one after the other")
parser.add_argument("--only-new", action="store_true", help="source-faker emits nothing that it has emitted before")
parser.add_argument("--state", type=Path, help="a folder that keeps the states between the syncs")
options = parser.parse_args()

source = ab.get_source(
    "source-faker",
    local_executable=os.environ.get("SOURCE_FAKER", "source-faker"),
    config={
        "count": options.count,
        "seed": 7,
        "parallelism": 1,
        "records_per_slice": 10_000,
        "always_updated": not options.only_new,
    },
    streams="*",
)
destination = ab.get_destination(
    "destination-convex",
    local_executable=os.environ.get(
        "DESTINATION_CONVEX", REPOSITORY / "target/destination-convex/bin/destination-convex"
    ),
    config={
        "deployment_url": os.environ["CONVEX_URL"],
        "access_key": os.environ["CONVEX_DEPLOY_KEY"],
    },
)

destination.check()
for _ in range(options.times):
    result = destination.write(
        source,
        write_strategy=STRATEGIES[options.mode],
        # An overwrite needs the whole source again, whatever the states say.
        force_full_refresh=options.mode == "overwrite",
        # A cache of PyAirbyte's would change names and values on their way.
        cache=False,
        state_cache=ab.new_local_cache("convex", options.state) if options.state else False,
    )
    print(f"{result.processed_records} records in {options.mode}", file=sys.stderr)
