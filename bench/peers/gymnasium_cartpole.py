#!/usr/bin/env python3
"""Times Gymnasium's CartPole-v1 alone, without learning, and prints one JSON line.

    python bench/peers/gymnasium_cartpole.py --num-envs 128 --seconds 3

singleEnvStepsPerSecond   gym.make("CartPole-v1") with its default wrappers, reset by hand after each episode
vectorEnvStepsPerSecond   Gymnasium's NumPy CartPoleVectorEnv (vectorization_mode="vector_entry_point"), which resets
                          itself; one call of step counts --num-envs steps
Actions are drawn before the clock starts. (Not called gymnasium.py: its folder comes first on Python's path.)
"""

import argparse
import json
import time

import gymnasium as gym
import numpy as np

from timing import versions_of


def time_single(seconds: float, seed: int) -> tuple[int, float]:
    env = gym.make("CartPole-v1")
    actions = np.random.default_rng(seed).integers(0, 2, 1000).tolist()
    env.reset(seed=seed)
    steps = 0
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        for action in actions:
            _, _, terminated, truncated, _ = env.step(action)
            if terminated or truncated:
                env.reset()
        steps += len(actions)
    return steps, time.perf_counter() - begin


def time_vector(num_envs: int, seconds: float, seed: int) -> tuple[int, float]:
    envs = gym.make_vec("CartPole-v1", num_envs=num_envs, vectorization_mode="vector_entry_point")
    actions = np.random.default_rng(seed).integers(0, 2, (100, num_envs))
    envs.reset(seed=seed)
    steps = 0
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        for row in actions:
            envs.step(row)
        steps += actions.size
    return steps, time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--num-envs", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=3.0, help="length of each of the two measurements")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    # A short uncounted run of each first: imports inside the library, caches, CPU clock.
    time_single(options.seconds / 10, options.seed)
    single_steps, single_seconds = time_single(options.seconds, options.seed)
    time_vector(options.num_envs, options.seconds / 10, options.seed)
    vector_steps, vector_seconds = time_vector(options.num_envs, options.seconds, options.seed)
    print(
        json.dumps(
            {
                "peer": "Gymnasium",
                "environment": "CartPole-v1",
                "threads": 1,
                "singleEnvStepsPerSecond": round(single_steps / single_seconds),
                "numEnvs": options.num_envs,
                "vectorEnvStepsPerSecond": round(vector_steps / vector_seconds),
                "seconds": options.seconds,
                "versions": versions_of("gymnasium", "numpy"),
            }
        )
    )


if __name__ == "__main__":
    main()
