"""Reads a run folder's event files with the real TensorBoard and compares every number with metrics.jsonl.

Usage: python tools/checkTensorboard.py RUN_FOLDER        (needs: pip install tensorboard numpy)
Exit code 0 if TensorBoard shows exactly the numbers of metrics.jsonl (rounded to float32), at the same steps.
"""

import json
import pathlib
import sys

import numpy as np
import tensorboard
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def expected_scalars(run: pathlib.Path) -> dict[str, list[tuple[int, np.float32]]]:
    """Key -> [(global step, value)], in the order of the lines."""
    scalars: dict[str, list[tuple[int, np.float32]]] = {}
    for line in (run / "metrics.jsonl").read_text().splitlines():
        row = json.loads(line)
        for key, value in row.items():
            if "/" in key:
                number = np.float32("nan") if value is None else np.float32(value)
                scalars.setdefault(key, []).append((row["globalStep"], number))
    return scalars


def main() -> int:
    run = pathlib.Path(sys.argv[1])
    # 0: keep every event instead of a sample.
    accumulator = EventAccumulator(str(run), size_guidance={"scalars": 0})
    accumulator.Reload()
    tags = set(accumulator.Tags()["scalars"])
    expected = expected_scalars(run)
    if tags != set(expected):
        print(f"tags differ: only TensorBoard {sorted(tags - set(expected))}, only metrics.jsonl {sorted(set(expected) - tags)}")
        return 1
    count = 0
    for key, values in expected.items():
        events = accumulator.Scalars(key)
        if [event.step for event in events] != [step for step, _ in values]:
            print(f"{key}: steps differ")
            return 1
        for event, (step, value) in zip(events, values, strict=True):
            # A number that is not finite is null in metrics.jsonl and itself in the event file.
            same = np.float32(event.value) == value or (np.isnan(value) and not np.isfinite(event.value))
            if not same:
                print(f"{key} at step {step}: TensorBoard {event.value}, metrics.jsonl {value}")
                return 1
            count += 1
    print(f"TensorBoard {tensorboard.__version__}: {len(tags)} tags, {count} numbers, all equal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
