"""How far native MuJoCo is from itself when the first positions of a state are moved by one unit in the last place: one step of the environment each.

    python tools/parity/sensitivity.py Pusher-v5 --seed 5 --steps 20000

needs what original.py needs. What is found bounds from below what another build of MuJoCo can promise.
"""

import argparse

import gymnasium as gym
import mujoco
import numpy as np


def distance(found, expected):
    """The greatest difference, relative where a number is greater than 1."""
    return float(np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected))))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("id")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--steps", type=int, default=20000)
    options = parser.parse_args()
    env = gym.make(options.id)
    inner = env.unwrapped
    generator = np.random.default_rng(options.seed)
    other = mujoco.MjData(inner.model)
    distances, ended = [], True
    while len(distances) < options.steps:
        if ended:
            env.reset(seed=int(generator.integers(2**31)))
        action = generator.uniform(env.action_space.low, env.action_space.high).astype(np.float32)
        mujoco.mj_resetData(inner.model, other)
        for name in ("qpos", "qvel", "qacc_warmstart"):
            getattr(other, name)[:] = getattr(inner.data, name)
        moved = other.qpos[: inner.model.nu]
        # A joint that a reset puts onto its limit would be beyond it.
        moved[moved != 0] = np.nextafter(moved[moved != 0], np.inf)
        other.ctrl[:] = action
        mujoco.mj_step(inner.model, other, nstep=inner.frame_skip)
        _, _, terminated, truncated, _ = env.step(action)
        ended = terminated or truncated
        distances.append(max(distance(other.qpos, inner.data.qpos), distance(other.qvel, inner.data.qvel)))
    apart = sum(each > 1e-12 for each in distances)
    print(f"{options.id}: {apart} of {len(distances)} steps beyond 1e-12, median {np.median(distances):.1e}, at most {max(distances):.1e}")


if __name__ == "__main__":
    main()
