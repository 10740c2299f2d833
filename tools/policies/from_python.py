#!/usr/bin/env python3
"""Makes a policy folder of what CleanRL or Stable-Baselines3 trained.

    python tools/policies/from_python.py policies/seed-1.npz --env LunarLander-v3 --output lander
    cohort-rl import lander

reads the .npz files that experiments/cleanrl-parity/run_cleanrl.py and experiments/lunarlander-ppo/run_sb3.py write with
--policies: tensors under torch's names. The names tell whose they are. Needs gymnasium (with the environment), torch and
safetensors. CleanRL cuts normalized observations at 10, and its statistics are those of its first environment.
"""

from __future__ import annotations

import argparse
import re
from importlib.metadata import version
from pathlib import Path

import gymnasium
import numpy as np

import cohort_policy

Layers = list[tuple[np.ndarray, np.ndarray]]


def layers_of(tensors: dict[str, np.ndarray], *prefixes: str) -> Layers:
    """(weight, bias) of the layers below the prefixes, in the order of torch's Sequential."""
    found: Layers = []
    for prefix in prefixes:
        names = sorted(
            (name for name in tensors if re.fullmatch(rf"{re.escape(prefix)}\.(\d+\.)?weight", name)),
            key=lambda name: int((re.search(r"\.(\d+)\.weight$", name) or [0, 0])[1]),
        )
        found += [(tensors[name], tensors[name.removesuffix("weight") + "bias"]) for name in names]
    return found


def parts_of(tensors: dict[str, np.ndarray]) -> dict:
    """Actor, critic and the rest, by the program that wrote the names."""
    if "action_net.weight" in tensors:
        return {
            "actor": layers_of(tensors, "mlp_extractor.policy_net", "action_net"),
            "critic": layers_of(tensors, "mlp_extractor.value_net", "value_net"),
            "log_std": tensors.get("log_std"),
        }
    mean = "observation_mean" in tensors
    return {
        "actor": layers_of(tensors, "actor_mean") or layers_of(tensors, "actor"),
        "critic": layers_of(tensors, "critic"),
        "log_std": tensors.get("actor_logstd"),
        "normalizer": {
            "mean": tensors["observation_mean"],
            "variance": tensors["observation_variance"],
            "clip": 10,
            "statistics": "first environment",
        }
        if mean
        else None,
    }


def convert(
    npz: Path, env: gymnasium.Env, output: Path, *, critic: bool = False, activation: str = "tanh", seed: int | None = None
) -> None:
    """One file into one policy folder."""
    with np.load(npz) as archive:
        tensors = dict(archive)
    parts = parts_of(tensors)
    if not parts["actor"]:
        raise SystemExit(f"{npz}: expected the tensors of a CleanRL or Stable-Baselines3 policy, got {', '.join(list(tensors)[:4])}")
    if not critic:
        del parts["critic"]
    program = "stable-baselines3" if "action_net.weight" in tensors else "cleanrl"
    versions = {"torch": version("torch"), "gymnasium": version("gymnasium"), "converted from": program}
    source = {"algorithm": "ppo", **({} if seed is None else {"seed": seed}), "versions": versions}
    cohort_policy.save(output, env, activation=activation, source=source, **parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("npz", type=Path)
    parser.add_argument("--env", required=True, help="id of the Gymnasium environment that it was trained on")
    parser.add_argument("--output", type=Path, required=True, help="policy folder to write")
    parser.add_argument("--critic", action="store_true", help="keep the critic as well")
    parser.add_argument("--activation", default="tanh", choices=list(cohort_policy.ACTIVATIONS))
    parser.add_argument("--seed", type=int, help="seed of the training, for the record")
    options = parser.parse_args()
    env = gymnasium.make(options.env).unwrapped
    convert(options.npz, env, options.output, critic=options.critic, activation=options.activation, seed=options.seed)
    print(options.output)


if __name__ == "__main__":
    main()
