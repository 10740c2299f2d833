#!/usr/bin/env python3
"""Checks that policies travel: the same policy in Python (torch, Gymnasium) and in Cohort.

    python tools/policies/check_transfer.py NAME=FOLDER ... --output experiments/policy-transfer/results.json

Each FOLDER is a policy folder: one that from_python.py made of a policy trained in Python, or one that `cohort-rl export`
made of a run here. For each it compares
  - the logits, or the means, of 10,000 raw observations (from episodes in Gymnasium, half of them with random actions):
    at most 1e-5 apart;
  - the returns of greedy episodes on the same seeds, each side in its own environment. LunarLander-v3 is the same bits here
    and there: at least 95 % of 200 returns identical. MuJoCo's compiled code differs in the last bits, which grow in a
    chaotic task: means of 100 returns at most 3 standard errors apart;
  - the same with sampled actions, whose random numbers differ: means at most 3 standard errors apart.
Needs gymnasium with box2d and mujoco, torch, safetensors, and Cohort built (dist/). Exits with 1 if a check fails.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import gymnasium
import numpy as np
import torch

import cohort_policy

OBSERVATIONS = 10_000
LIMIT = 1e-5
EPISODES = {"LunarLander-v3": 200}  # others 100
IDENTICAL_SHARE = 0.95
STANDARD_ERRORS = 3.0


def action_of(policy: cohort_policy.Policy, env: gymnasium.Env, observations: np.ndarray, greedy: bool) -> np.ndarray:
    """Actions for a batch of raw observations; box actions cut to their bounds."""
    with torch.no_grad():
        outputs = policy(observations)
    if isinstance(outputs, tuple):
        mean, log_std = outputs
        actions = mean if greedy else mean + torch.exp(log_std) * torch.randn(mean.shape)
        return np.clip(actions.numpy(), env.action_space.low, env.action_space.high)
    return (outputs.argmax(-1) if greedy else torch.distributions.Categorical(logits=outputs).sample()).numpy()


def returns_of(policy: cohort_policy.Policy, make, seeds: list[int], greedy: bool) -> np.ndarray:
    """Return of one episode for each seed; the policy sees all running episodes as one batch."""
    envs = [make() for _ in seeds]
    observations = [env.reset(seed=seed)[0] for env, seed in zip(envs, seeds)]
    returns = np.zeros(len(seeds))
    running = list(range(len(seeds)))
    while running:
        actions = action_of(policy, envs[0], np.stack([observations[n] for n in running]), greedy)
        ended = set()
        for n, action in zip(running, actions):
            observations[n], reward, terminated, truncated, _ = envs[n].step(action)
            returns[n] += reward
            if terminated or truncated:
                ended.add(n)
        running = [n for n in running if n not in ended]
    return returns


def gather(make, act, count: int) -> np.ndarray:
    """Raw observations, from episodes with the actions that `act` gives for a batch of them and with random ones by turns."""
    env, found, episode = make(), [], 0
    env.action_space.seed(0)
    while len(found) < count:
        observation, _ = env.reset(seed=1_000_000 + episode)
        ended = False
        while not ended and len(found) < count:
            found.append(np.asarray(observation, np.float64))
            action = env.action_space.sample() if episode % 2 else act(env, observation[None])[0]
            observation, _, terminated, truncated, _ = env.step(action)
            ended = terminated or truncated
        episode += 1
    return np.stack(found)


def figures(returns: np.ndarray) -> dict:
    return {"mean": float(returns.mean()), "standardError": float(returns.std(ddof=1) / np.sqrt(len(returns)))}


def compare(here: np.ndarray, there: np.ndarray) -> dict:
    """Both sides' means, how many standard errors of the difference they are apart, and how many returns are the same number."""
    python, cohort = figures(here), figures(there)
    spread = float(np.hypot(python["standardError"], cohort["standardError"]))
    difference = abs(python["mean"] - cohort["mean"])
    return {
        "episodes": len(here),
        "python": python,
        "cohort": cohort,
        "standardErrorsApart": difference / spread if spread > 0 else 0.0 if difference == 0 else float("inf"),
        "identicalReturns": int((here == there).sum()),
    }


def check(name: str, policy: cohort_policy.Policy, observations: np.ndarray, outputs: np.ndarray, here: dict, there: dict) -> dict:
    """The row of one policy."""
    with torch.no_grad():
        mine = policy(torch.from_numpy(observations))
    mine = (mine[0] if isinstance(mine, tuple) else mine).numpy().astype(np.float64)
    difference = float(np.abs(mine - outputs).max())
    description = policy.description
    greedy, sampled = (compare(here[kind], np.asarray(there[kind])) for kind in ("greedy", "sampled"))
    same_bits = description["env"].startswith("LunarLander")
    share = greedy["identicalReturns"] / greedy["episodes"]
    returns_pass = share >= IDENTICAL_SHARE if same_bits else greedy["standardErrorsApart"] <= STANDARD_ERRORS
    return {
        "policy": name,
        "env": description["env"],
        "trainedIn": "cohort" if "cohort-rl" in description["source"]["versions"] else "python",
        "source": description["source"],
        "layers": description["layers"],
        "normalizer": description["normalizer"],
        "observations": len(observations),
        "largestOutput": float(np.abs(mine).max()),
        "largestDifference": difference,
        "greedy": greedy,
        "sampled": sampled,
        "passed": bool(difference <= LIMIT and returns_pass and sampled["standardErrorsApart"] <= STANDARD_ERRORS),
    }


def versions() -> dict:
    found = {"python": platform.python_version(), "platform": f"{platform.system()} {platform.machine()}"}
    for package in ("numpy", "torch", "safetensors", "gymnasium", "Box2D", "mujoco"):
        try:
            found[package.lower()] = version(package)
        except PackageNotFoundError:
            continue
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("policies", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--output", type=Path, help="JSON file to write")
    parser.add_argument("--episodes", type=int, help="episodes of each kind (default: 200 for LunarLander, else 100)")
    parser.add_argument("--node", default="node", help="Node to run Cohort with")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", message=".*out of date.*")
    torch.set_num_threads(1)
    torch.manual_seed(0)

    work, requests = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for index, argument in enumerate(options.policies):
            name, _, folder = argument.partition("=")
            policy = cohort_policy.load(folder)
            env_id = policy.description["env"]
            env_options = policy.description["envOptions"]
            make = lambda env_id=env_id, env_options=env_options: gymnasium.make(env_id, **env_options)  # noqa: E731
            seeds = list(range(options.episodes or EPISODES.get(env_id, 100)))
            observations = gather(make, lambda env, batch: action_of(policy, env, batch, False), OBSERVATIONS)
            paths = {kind: str(Path(scratch) / f"{index}.{kind}") for kind in ("observations", "outputs")}
            observations.tofile(paths["observations"])
            requests.append({"folder": str(Path(folder).resolve()), **paths, "count": len(observations), "seeds": seeds})
            here = {kind: returns_of(policy, make, seeds, kind == "greedy") for kind in ("greedy", "sampled")}
            work.append((name, policy, observations, here))
            print(f"{name}: played in Python", file=sys.stderr, flush=True)
        request = Path(scratch) / "request.json"
        request.write_text(json.dumps(requests))
        script = Path(__file__).with_name("checkTransfer.mjs")
        answer = json.loads(subprocess.run([options.node, script, request], stdout=subprocess.PIPE, check=True).stdout)
        rows = []
        for (name, policy, observations, here), asked, there in zip(work, requests, answer["answers"]):
            outputs = np.fromfile(asked["outputs"], np.float32).reshape(len(observations), -1).astype(np.float64)
            rows.append(check(name, policy, observations, outputs, here, there))

    limits = {"largestDifference": LIMIT, "identicalShare": IDENTICAL_SHARE, "standardErrorsApart": STANDARD_ERRORS}
    header = {**versions(), "node": answer["node"], "cohort-rl": answer["version"]}
    text = json.dumps({"versions": header, "limits": limits, "policies": rows}, indent=2) + "\n"
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(text)
    for row in rows:
        greedy = row["greedy"]
        print(
            f"{row['policy']} ({row['env']}, trained in {row['trainedIn']}): outputs {row['largestDifference']:.2e} apart; greedy "
            f"{greedy['python']['mean']:.2f} and {greedy['cohort']['mean']:.2f}, {greedy['standardErrorsApart']:.2f} standard errors, "
            f"{greedy['identicalReturns']} of {greedy['episodes']} identical; sampled {row['sampled']['standardErrorsApart']:.2f} "
            f"standard errors: {'passed' if row['passed'] else 'FAILED'}"
        )
    raise SystemExit(0 if all(row["passed"] for row in rows) else 1)


if __name__ == "__main__":
    main()
