#!/usr/bin/env python3
"""Trains Stable-Baselines3's PPO on LunarLander-v3 with RL Zoo's settings and records the training episodes of each seed.

    python experiments/lunarlander-ppo/run_sb3.py --seeds 1-5 --output FOLDER

needs gymnasium[box2d]==1.3.0 and stable-baselines3==2.9.2. The settings are the zoo's entry for LunarLander
(hyperparams/ppo.yml at 22e3ff2): 16 environments x 1024 steps, batch size 64, lambda 0.98, gamma 0.999, 4 epochs,
entropy 0.01, 1 M steps; everything else is SB3's default (learning rate 3e-4 constant, clip 0.2, value coefficient 0.5,
gradient norm 0.5, 64-64 tanh towers).

Per seed it writes
  seed-<n>.csv   global_step,episodic_return,episodic_length   one row per finished training episode
  seed-<n>.npz   the trained policy's tensors under torch's names  (in the folder of --policies)
and once versions.json. A finished seed is skipped, a file appears only when its seed is complete.
tools/episodesToResults.mjs makes lines of results of that folder.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

SETTINGS = dict(n_steps=1024, batch_size=64, gae_lambda=0.98, gamma=0.999, n_epochs=4, ent_coef=0.01)
NUM_ENVS = 16
TOTAL_STEPS = 1_000_000


def parse_seeds(text: str) -> list[int]:
    """Reads "1-10", "3" or "1,4,7-9"."""
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds.extend(range(int(first), int(last or first) + 1))
    return seeds


def write_atomically(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text)
    os.replace(temporary, path)


def train(seed: int, total_steps: int, output: Path, policies: Path | None) -> None:
    """One seed, in a process of its own."""
    import numpy as np
    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.env_util import make_vec_env

    torch.set_num_threads(1)
    rows: list[str] = []

    class Episodes(BaseCallback):
        def _on_step(self) -> bool:
            for info in self.locals["infos"]:
                if "episode" in info:
                    rows.append(f"{self.num_timesteps},{info['episode']['r']:g},{info['episode']['l']}")
            return True

    start = time.monotonic()
    model = PPO("MlpPolicy", make_vec_env("LunarLander-v3", NUM_ENVS, seed=seed), seed=seed, device="cpu", **SETTINGS)
    model.learn(total_steps, callback=Episodes())
    if policies is not None:
        policies.mkdir(parents=True, exist_ok=True)
        np.savez(policies / f"seed-{seed}.npz", **{k: v.numpy() for k, v in model.policy.state_dict().items()})
    write_atomically(output / f"seed-{seed}.csv", "\n".join(["global_step,episodic_return,episodic_length", *rows]) + "\n")
    print(f"seed {seed}: {len(rows)} episodes in {time.monotonic() - start:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1-5", help='"1-5", "3" or "1,4,7-9"')
    parser.add_argument("--total-steps", type=int, default=TOTAL_STEPS)
    parser.add_argument("--output", required=True, type=Path, help="folder of the CSV files")
    parser.add_argument("--policies", type=Path, default=None, help="also keep the trained policies in this folder")
    parser.add_argument("--jobs", type=int, default=1, help="seeds trained side by side, one thread each")
    parser.add_argument("--worker", type=int, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker is not None:
        train(options.worker, options.total_steps, options.output, options.policies)
        return

    options.output.mkdir(parents=True, exist_ok=True)
    packages = ["numpy", "gymnasium", "stable-baselines3", "torch", "Box2D"]
    header = {
        "versions": {"python": platform.python_version(), **{name.lower(): version(name) for name in packages}},
        "platform": f"{platform.system()} {platform.machine()}",
        "settings": {**SETTINGS, "num_envs": NUM_ENVS, "total_steps": options.total_steps},
        "threads": 1,
    }
    write_atomically(options.output / "versions.json", json.dumps(header, indent=2) + "\n")

    def job(seed: int) -> bool:
        if (options.output / f"seed-{seed}.csv").exists():
            print(f"seed {seed}: already recorded", flush=True)
            return True
        command = [sys.executable, __file__, "--worker", str(seed), "--output", str(options.output)]
        command += ["--total-steps", str(options.total_steps)]
        command += ["--policies", str(options.policies)] if options.policies else []
        return subprocess.run(command, env=dict(os.environ, OMP_NUM_THREADS="1"), check=False).returncode == 0

    with ThreadPoolExecutor(options.jobs) as pool:
        if not all(list(pool.map(job, parse_seeds(options.seeds)))):
            raise SystemExit(1)


if __name__ == "__main__":
    main()
