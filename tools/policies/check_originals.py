#!/usr/bin/env python3
"""Checks from_python.py against the programs themselves: the same greedy actions there and in Cohort.

    python tools/policies/check_originals.py --output experiments/policy-transfer/originals.json

Stable-Baselines3 trains small models (2,000 steps) and saves them as its users do; torch modules with the names of CleanRL's
ppo.py and ppo_continuous_action.py are saved as CleanRL saves its models. Each file goes through from_python.py and
`cohort-rl import`. Then 1,000 raw observations are asked on both sides: actions of a discrete space must be the same, those of
a box at most 1e-5 apart. Needs stable-baselines3, gymnasium with box2d, torch, safetensors, and Cohort built (dist/).
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Callable

import gymnasium
import numpy as np
import torch
from stable_baselines3 import A2C, PPO
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import VecNormalize

from check_transfer import gather

HERE = Path(__file__).parent
COMMAND = HERE.parents[1] / "dist" / "cli.js"
OBSERVATIONS = 1000
LIMIT = 1e-5
CONTINUOUS = {"continuous": True}


@dataclass
class Original:
    """A file as its program wrote it, and that program's greedy actions."""

    name: str
    file: Path
    env: str
    env_options: dict
    act: Callable[[np.ndarray], np.ndarray]
    words: list[str]


def statistics_words(folder: Path, mean: np.ndarray, variance: np.ndarray) -> list[str]:
    for name, array in (("mean", mean), ("variance", variance)):
        np.save(folder / f"{name}.npy", array)
    return ["--observation-mean", str(folder / "mean.npy"), "--observation-variance", str(folder / "variance.npy")]


def stable_baselines(folder: Path) -> list[Original]:
    found = []

    def train(name: str, kind: type, env: str, env_options: dict, normalized: bool = False, **settings) -> None:
        part = folder / name
        part.mkdir()
        vector = make_vec_env(env, 2, seed=1, env_kwargs=env_options)
        if normalized:
            vector = VecNormalize(vector)
        model = kind("MlpPolicy", vector, seed=1, device="cpu", **settings).learn(2000)
        model.save(part / "model")
        words = statistics_words(part, vector.obs_rms.mean, vector.obs_rms.var) if normalized else []
        see = vector.normalize_obs if normalized else lambda observations: observations
        act = lambda observations: model.predict(see(observations), deterministic=True)[0]  # noqa: E731
        found.append(Original(name, part / "model.zip", env, env_options, act, words))

    other = {"net_arch": {"pi": [32, 48], "vf": [16]}, "activation_fn": torch.nn.ReLU}
    train("sb3 ppo", PPO, "CartPole-v1", {}, n_steps=128)
    train("sb3 a2c", A2C, "CartPole-v1", {})
    train("sb3 ppo, relu, 32-48", PPO, "LunarLander-v3", {}, n_steps=256, learning_rate=3e-3, policy_kwargs=other)
    train("sb3 ppo, VecNormalize", PPO, "LunarLander-v3", CONTINUOUS, normalized=True, n_steps=256)
    return found


class Agent(torch.nn.Module):
    """Networks under CleanRL's names, with weights large enough that actions differ."""

    def __init__(self, inputs: int, outputs: int, gaussian: bool) -> None:
        super().__init__()

        def network(last: int) -> torch.nn.Sequential:
            layers = []
            for before in (inputs, 64):
                layers += [torch.nn.Linear(before, 64), torch.nn.Tanh()]
            return torch.nn.Sequential(*layers, torch.nn.Linear(64, last))

        self.critic = network(1)
        if gaussian:
            self.actor_mean = network(outputs)
            self.actor_logstd = torch.nn.Parameter(torch.zeros(1, outputs))
        else:
            self.actor = network(outputs)


def cleanrl(folder: Path) -> list[Original]:
    discrete, gaussian = Agent(8, 4, False), Agent(8, 2, True)
    mean, variance = np.linspace(-0.2, 0.3, 8), np.linspace(0.05, 2, 8)
    for name, agent in (("ppo", discrete), ("ppo_continuous_action", gaussian)):
        torch.save(agent.state_dict(), folder / f"{name}.cleanrl_model")

    def choose(observations: np.ndarray) -> np.ndarray:
        return discrete.actor(torch.from_numpy(observations).float()).argmax(-1).numpy()

    def steer(observations: np.ndarray) -> np.ndarray:
        seen = np.clip((observations - mean) / np.sqrt(variance + 1e-8), -10, 10)
        return np.clip(gaussian.actor_mean(torch.from_numpy(seen).float()).numpy(), -1, 1)

    words = statistics_words(folder, mean, variance)
    return [
        Original("cleanrl ppo", folder / "ppo.cleanrl_model", "LunarLander-v3", {}, choose, []),
        Original("cleanrl ppo_continuous_action", folder / "ppo_continuous_action.cleanrl_model", "LunarLander-v3", CONTINUOUS, steer, words),
    ]


def check(original: Original, number: int, folder: Path, node: str) -> dict:
    """The row of one file."""
    converted, imported = folder / f"{number}.converted", folder / f"{number}.imported"
    options = [word for name, value in original.env_options.items() for word in ("--env-option", f"{name}={json.dumps(value)}")]
    words = [str(original.file), "--env", original.env, *options, "--output", str(converted), *original.words]
    for command in ([sys.executable, HERE / "from_python.py", *words], [node, COMMAND, "import", converted, "--output", imported]):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    observations = gather(
        lambda: gymnasium.make(original.env, **original.env_options), lambda _env, batch: original.act(batch), OBSERVATIONS
    )
    observations.tofile(folder / "observations")
    paths = {"observations": str(folder / "observations"), "outputs": str(folder / "outputs")}
    request = folder / "request.json"
    request.write_text(json.dumps([{"folder": str(imported), **paths, "count": len(observations), "seeds": []}]))
    answer = json.loads(subprocess.run([node, HERE / "checkTransfer.mjs", request], stdout=subprocess.PIPE, check=True).stdout)
    outputs = np.fromfile(folder / "outputs", np.float32).reshape(len(observations), -1)
    # As the program is given them in training: float32.
    theirs = original.act(observations.astype(np.float32))
    space = gymnasium.make(original.env, **original.env_options).action_space
    if isinstance(space, gymnasium.spaces.Discrete):
        equal, apart = int((outputs.argmax(-1) == theirs).sum()), 0.0
        passed = equal == len(observations)
    else:
        distances = np.abs(np.clip(outputs, space.low, space.high) - theirs)
        equal, apart = int((distances <= LIMIT).all(-1).sum()), float(distances.max())
        passed = apart <= LIMIT
    counts = len(np.unique(np.round(theirs, 6), axis=0))
    # One action alone would be equal by chance.
    passed = passed and counts > 1
    env = original.env + "".join(f", {name}" for name in original.env_options)
    row = {"policy": original.name, "env": env, "file": original.file.suffix, "observations": len(observations)}
    return {**row, "differentActions": counts, "equalActions": equal, "largestDifference": apart, "passed": passed, "node": answer["node"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, help="JSON file to write")
    parser.add_argument("--node", default="node", help="Node to run Cohort with")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    torch.set_grad_enabled(False)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with torch.enable_grad():
            originals = stable_baselines(folder)
        originals += cleanrl(folder)
        rows = [check(original, number, folder, options.node) for number, original in enumerate(originals)]
    packages = {name: version(name) for name in ("numpy", "torch", "stable-baselines3", "gymnasium", "Box2D")}
    versions = {"python": platform.python_version(), **packages, "node": rows[0]["node"]}
    for row in rows:
        del row["node"]
        print(
            f"{row['policy']} ({row['env']}): {row['equalActions']} of {row['observations']} greedy actions equal, "
            f"{row['differentActions']} different ones, at most {row['largestDifference']:.1e} apart: {'passed' if row['passed'] else 'FAILED'}"
        )
    if options.output:
        options.output.write_text(json.dumps({"versions": versions, "limit": LIMIT, "policies": rows}, indent=2) + "\n")
    raise SystemExit(0 if all(row["passed"] for row in rows) else 1)


if __name__ == "__main__":
    main()
