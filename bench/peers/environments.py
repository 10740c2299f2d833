#!/usr/bin/env python3
"""Times Gymnasium's and EnvPool's environments alone, without learning; needs `gymnasium[box2d,mujoco,toy-text,classic-control]` and `envpool`.

    python bench/peers/environments.py                  every candidate once, one JSON line each
    --tasks LunarLander-v3,Taxi-v4                      which, instead of LunarLander and HalfCheetah
    python bench/peers/environments.py --serve          reads `{"name": ..., "seconds": ...}` lines and answers each with one JSON line;
                                                        how environments.mjs measures in turn with ours

Gymnasium: gym.make with its default wrappers, reset by hand; SyncVectorEnv and AsyncVectorEnv (one process per environment) as gym.make_vec
makes them, in their default autoreset (the step after an episode's end is a reset and counts as a step, in Gymnasium's favour).
EnvPool: envpool.make(..., "gymnasium"), its step() for all environments at once, 1 and 2 threads of its own.
Actions are random and drawn before the clock starts: 64 rows in turn. One call of step counts as many steps as there are environments.
"""

import argparse
import atexit
import json
import os
import sys
import time
import warnings

os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"
warnings.simplefilter("ignore")

import gymnasium as gym  # noqa: E402
import numpy as np  # noqa: E402

from timing import versions_of  # noqa: E402

gym.logger.min_level = gym.logger.ERROR
ROWS = 64
def envpool_id(task: str) -> "str | None":
    """EnvPool's id of a task of Gymnasium, or of its version before; None where it has neither."""
    try:
        import envpool
    except ImportError:
        return None
    name, version = task.split("-v")
    known = envpool.list_all_envs()
    return next((other for other in (task, f"{name}-v{int(version) - 1}") if other in known), None)


def rows_of(space, num_envs: int) -> np.ndarray:
    generator = np.random.default_rng(1)
    if isinstance(space, gym.spaces.Discrete):
        return generator.integers(0, space.n, (ROWS, num_envs))
    return generator.uniform(-1, 1, (ROWS, num_envs, *space.shape)).astype(np.float32)


def gymnasium_single(task: str):
    env = gym.make(task)
    actions = [row[0] for row in rows_of(env.action_space, 1)]
    if isinstance(env.action_space, gym.spaces.Discrete):
        actions = [int(action) for action in actions]
    env.reset(seed=1)

    def work() -> int:
        for action in actions:
            _, _, terminated, truncated, _ = env.step(action)
            if terminated or truncated:
                env.reset()
        return ROWS

    return work


def stepping(envs, space, num_envs: int):
    rows = rows_of(space, num_envs)

    def work() -> int:
        for row in rows[:8]:
            envs.step(row)
        # The rows go round from call to call.
        rows[:] = np.roll(rows, -8, axis=0)
        return 8 * num_envs

    return work


def gymnasium_vector(task: str, num_envs: int, mode: str):
    envs = gym.make_vec(task, num_envs=num_envs, vectorization_mode=mode)
    envs.reset(seed=1)
    atexit.register(envs.close)
    return stepping(envs, envs.single_action_space, num_envs)


def envpool_vector(task: str, num_envs: int, threads: int):
    import envpool

    envs = envpool.make(envpool_id(task), "gymnasium", num_envs=num_envs, num_threads=threads, seed=1)
    envs.reset()
    return stepping(envs, envs.action_space, num_envs)


def candidates(tasks, every: bool):
    for task in tasks:
        other = envpool_id(task)
        if task in gym.registry:
            yield f"Gymnasium {task} x 1", lambda task=task: gymnasium_single(task)
            yield f"Gymnasium {task} x 32, sync", lambda task=task: gymnasium_vector(task, 32, "sync")
            # A process per environment: with two cores it has never been the faster one.
            if not every:
                yield f"Gymnasium {task} x 32, async", lambda task=task: gymnasium_vector(task, 32, "async")
        if other is None:
            continue
        yield f"EnvPool {other} x 1, 1 thread", lambda task=task: envpool_vector(task, 1, 1)
        for threads in (1, 2):
            plural = "s" if threads > 1 else ""
            yield f"EnvPool {other} x 32, {threads} thread{plural}", lambda task=task, threads=threads: envpool_vector(task, 32, threads)


def rate_of(work, seconds: float) -> float:
    steps = 0
    begin = now = time.perf_counter()
    while now - begin < seconds:
        steps += work()
        now = time.perf_counter()
    return steps / (now - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--only", default="", help="candidates whose name holds this text")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--tasks", default="")
    options = parser.parse_args()
    tasks = [task for task in options.tasks.split(",") if task] or ["LunarLander-v3", "HalfCheetah-v5"]
    makers = dict(candidates(tasks, every=len(tasks) > 2))
    versions = versions_of("gymnasium", "envpool", "mujoco", "box2d", "numpy")
    if options.serve:
        made = {}
        print(json.dumps({"names": list(makers), "versions": versions}), flush=True)
        for line in sys.stdin:
            request = json.loads(line)
            name = request["name"]
            if name not in made:
                made[name] = makers[name]()
                rate_of(made[name], request["seconds"] / 4)
            print(json.dumps({"name": name, "stepsPerSecond": rate_of(made[name], request["seconds"])}), flush=True)
        return
    for name, make in makers.items():
        if options.only not in name:
            continue
        work = make()
        rate_of(work, options.seconds / 4)
        print(json.dumps({"peer": name, "stepsPerSecond": round(rate_of(work, options.seconds)), "versions": versions}), flush=True)


if __name__ == "__main__":
    main()
