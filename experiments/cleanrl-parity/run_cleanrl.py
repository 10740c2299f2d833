#!/usr/bin/env python3
"""Runs CleanRL's ppo.py, unmodified, over several seeds and records the training episodes of each seed.

    python experiments/cleanrl-parity/run_cleanrl.py --cleanrl PATH --seeds 1-10 --output FOLDER

PATH is a checkout of CleanRL (the reference curves are of commit fe8d8a0); the environment that runs this script
needs gymnasium==0.29.1, numpy<2, torch, tyro and tensorboard (see bench/peers/README.md). Nothing of CleanRL is kept
here: its file is executed where it lies, in a process of its own per seed, with torch's SummaryWriter replaced by one
that keeps the scalars in memory.

Per seed it writes
  seed-<n>.csv         global_step,episodic_return,episodic_length   one row per finished training episode
  seed-<n>-losses.csv  global_step and CleanRL's per-iteration scalars  (with --losses)
  seed-<n>.npz         the trained agent's tensors under torch's names, and for ppo_continuous_action.py the first
                       environment's observation_mean and observation_variance  (in the folder of --policies)
and once versions.json (versions, arguments, SHA-256 of the file that ran). A finished seed is skipped, a file appears
only when its seed is complete, so the command can be interrupted and repeated. tools/episodesToResults.mjs makes lines of
results of that folder.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import platform
import runpy
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LOSS_TAGS = [
    "charts/learning_rate",
    "losses/value_loss",
    "losses/policy_loss",
    "losses/entropy",
    "losses/old_approx_kl",
    "losses/approx_kl",
    "losses/clipfrac",
    "losses/explained_variance",
]


def parse_seeds(text: str) -> list[int]:
    """Reads "1-10", "3" or "1,4,7-9"."""
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds.extend(range(int(first), int(last or first) + 1))
    return seeds


class RecordingWriter:
    """Stands in for torch's SummaryWriter: keeps (tag, value, step) of every scalar, writes nothing."""

    records: list[tuple[str, float, int]] = []

    def __init__(self, *_args, **_kwargs):
        pass

    def add_text(self, *_args, **_kwargs):
        pass

    def add_scalar(self, tag, value, step, *_args, **_kwargs):
        # RecordEpisodeStatistics hands out arrays of one element.
        RecordingWriter.records.append((tag, float(value.item() if hasattr(value, "item") else value), int(step)))

    def close(self):
        pass


def write_atomically(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text)
    os.replace(temporary, path)


def save_policy(path: Path, variables: dict) -> None:
    """Keeps what a finished CleanRL script leaves behind: its agent, and its first environment's observation statistics."""
    import numpy as np

    tensors = {name: value.detach().numpy() for name, value in variables["agent"].state_dict().items()}
    environment = variables["envs"].envs[0]
    while environment is not environment.unwrapped:
        if "obs_rms" in vars(environment):
            tensors["observation_mean"] = environment.obs_rms.mean
            tensors["observation_variance"] = environment.obs_rms.var
        environment = environment.env
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **tensors)


def run_one_seed(
    script: Path, seed: int, output: Path, losses: bool, policies: Path | None, extra: list[str]
) -> None:
    """Runs in a process of its own: one whole training of one seed."""
    import torch
    import torch.utils.tensorboard as tensorboard

    torch.set_num_threads(1)
    tensorboard.SummaryWriter = RecordingWriter
    sys.argv = [str(script), "--seed", str(seed), "--no-cuda", *extra]
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch), open(os.devnull, "w") as sink:
        with contextlib.redirect_stdout(sink):
            variables = runpy.run_path(str(script), run_name="__main__")
    if policies is not None:
        save_policy(policies / f"seed-{seed}.npz", variables)

    records = RecordingWriter.records
    returns = [(step, value) for tag, value, step in records if tag == "charts/episodic_return"]
    lengths = [value for tag, value, _ in records if tag == "charts/episodic_length"]
    if len(returns) != len(lengths) or not returns:
        raise SystemExit(f"seed {seed}: expected one length per return, got {len(returns)} and {len(lengths)}")
    if losses:
        rows: dict[int, dict[str, float]] = {}
        for tag, value, step in records:
            if tag in LOSS_TAGS:
                rows.setdefault(step, {})[tag] = value
        lines = ["global_step," + ",".join(tag.split("/")[1] for tag in LOSS_TAGS)]
        for step, row in rows.items():
            lines.append(f"{step}," + ",".join(f"{row[tag]:.6g}" for tag in LOSS_TAGS))
        write_atomically(output / f"seed-{seed}-losses.csv", "\n".join(lines) + "\n")
    lines = ["global_step,episodic_return,episodic_length"]
    lines += [f"{step},{value:g},{length:g}" for (step, value), length in zip(returns, lengths)]
    write_atomically(output / f"seed-{seed}.csv", "\n".join(lines) + "\n")


def versions(checkout: Path, script: Path, extra: list[str]) -> dict:
    from importlib.metadata import version

    commit = subprocess.run(
        ["git", "-C", str(checkout), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "versions": {
            "python": platform.python_version(),
            "numpy": version("numpy"),
            "gymnasium": version("gymnasium"),
            "torch": version("torch"),
            **({"mujoco": version("mujoco")} if "continuous" in script.name else {}),
            "platform": f"{platform.system()} {platform.machine()}",
        },
        "cleanrl": {
            "commit": commit or None,
            "script": script.name,
            "sha256": hashlib.sha256(script.read_bytes()).hexdigest(),
        },
        "arguments": ["--no-cuda", *extra],
        "threads": 1,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cleanrl", required=True, type=Path, help="a checkout of CleanRL")
    parser.add_argument("--seeds", default="1-10", help='"1-10", "3" or "1,4,7-9"')
    parser.add_argument("--output", required=True, type=Path, help="folder of the CSV files")
    parser.add_argument("--script", default="ppo.py", help="which of CleanRL's files to run")
    parser.add_argument("--jobs", type=int, default=2, help="seeds trained side by side, one thread each")
    parser.add_argument("--losses", action="store_true", help="also write seed-<n>-losses.csv")
    parser.add_argument("--policies", type=Path, default=None, help="also keep the trained agents in this folder")
    parser.add_argument("--worker", type=int, default=None, help=argparse.SUPPRESS)
    parser.add_argument("extra", nargs="*", help="after --: further arguments of CleanRL's script")
    options = parser.parse_args()

    checkout = options.cleanrl.resolve()
    script = checkout / "cleanrl" / options.script
    output = options.output.resolve()
    if not script.is_file():
        raise SystemExit(f"--cleanrl: expected a checkout with cleanrl/{options.script}, got {options.cleanrl}")
    if options.worker is not None:
        run_one_seed(script, options.worker, output, options.losses, options.policies, options.extra)
        return

    output.mkdir(parents=True, exist_ok=True)
    write_atomically(output / "versions.json", json.dumps(versions(checkout, script, options.extra), indent=2) + "\n")
    environment = dict(os.environ, OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

    def job(seed: int) -> bool:
        if (output / f"seed-{seed}.csv").exists():
            print(f"seed {seed}: already recorded", flush=True)
            return True
        command = [sys.executable, __file__, "--cleanrl", str(checkout), "--output", str(output)]
        command += ["--script", options.script, "--worker", str(seed)] + (["--losses"] if options.losses else [])
        command += ["--policies", str(options.policies.resolve())] if options.policies else []
        command += ["--", *options.extra]
        start = time.monotonic()
        print(f"seed {seed}: started", flush=True)
        done = subprocess.run(command, env=environment, check=False).returncode == 0
        print(f"seed {seed}: {'finished' if done else 'FAILED'} after {time.monotonic() - start:.0f} s", flush=True)
        return done

    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(job, parse_seeds(options.seeds)))
    if not all(results):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
