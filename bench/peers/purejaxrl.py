#!/usr/bin/env python3
"""Times one CartPole-v1 training of PureJaxRL's ppo.py on the CPU and prints one JSON line.

    python bench/peers/purejaxrl.py --purejaxrl PATH --num-envs 128 --num-steps 128 --threads 1 --iterations 60
    python bench/peers/purejaxrl.py --purejaxrl PATH --threads 1 --until-return 475

PureJaxRL's make_train runs unmodified with its own settings, which are CleanRL's: 4 epochs of 4 minibatches, separate
64-64 tanh networks, policy and value clip 0.2, entropy 0.01, gamma 0.99, lambda 0.95, gradient norm 0.5, annealed
2.5e-4, Adam epsilon 1e-5. It differs from CleanRL in this: CartPole is gymnax's (compiled, float32), advantages are
normalized by the population standard deviation, and the whole training is one XLA program.

Threads: the process is pinned to that many cores before jax is loaded (XLA has one thread per core it may use).

startupSeconds      process start to the end of compilation
seconds, steps      one whole run of the compiled program; with --warmup 1 (default) an earlier run is not counted
secondsToFinish     process start to the end of the first run: what its user waits for
secondsToReturn     with --until-return R: process start to the step at which the mean of the last 20 training
                    episodes' returns is >= R, or null if that never happens within --max-steps. Nothing can be read
                    before the program ends (its DEBUG mode can, but runs several times slower), so the moment is
                    interpolated: end of compilation + time of the run * steps until then / all steps. That favours
                    PureJaxRL: its user sees the result at secondsToFinish.
"""

import argparse
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from types import ModuleType

from timing import process_start, versions_of

# Read at once: the argument is "now minus what the kernel says has passed".
START = process_start()


def add_empty_modules() -> None:
    """PureJaxRL's wrappers.py imports brax and navix, which its PPO on gymnax never uses and these pins cannot have."""
    for name in ("brax", "brax.envs", "brax.envs.wrappers", "brax.envs.wrappers.training", "navix"):
        sys.modules[name] = ModuleType(name)
    sys.modules["brax"].envs = sys.modules["brax.envs"]
    training = sys.modules["brax.envs.wrappers.training"]
    training.EpisodeWrapper = training.AutoResetWrapper = object


def load_ppo(folder: Path) -> ModuleType:
    add_empty_modules()
    sys.path.insert(0, str(folder))
    spec = importlib.util.spec_from_file_location("purejaxrl_ppo", folder / "ppo.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def first_step_with_return(metrics: dict, wanted: float, episodes: int = 20) -> int | None:
    """Environment steps until the mean return of the last `episodes` finished episodes is at least `wanted`.

    metrics: PureJaxRL's per-step info, arrays (iterations, steps, environments).
    """
    import numpy as np

    num_envs = metrics["returned_episode"].shape[-1]
    finished = np.flatnonzero(np.asarray(metrics["returned_episode"]).reshape(-1))
    returns = np.asarray(metrics["returned_episode_returns"], dtype=np.float64).reshape(-1)[finished]
    if len(returns) < episodes:
        return None
    means = np.convolve(returns, np.ones(episodes) / episodes, mode="valid")
    enough = np.flatnonzero(means >= wanted)
    return None if len(enough) == 0 else int(finished[enough[0] + episodes - 1] // num_envs + 1) * num_envs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--purejaxrl", required=True, type=Path, help="a checkout of PureJaxRL")
    parser.add_argument("--num-envs", type=int, default=4)
    parser.add_argument("--num-steps", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--iterations", type=int, default=60, help="iterations of the timed run")
    parser.add_argument("--warmup", type=int, default=1, help="uncounted runs of the compiled program before it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until-return", type=float, default=None)
    parser.add_argument("--max-steps", type=int, default=500_000, help="total steps with --until-return")
    options = parser.parse_args()

    folder = options.purejaxrl.resolve() / "purejaxrl"
    if not (folder / "ppo.py").is_file():
        raise SystemExit(f"--purejaxrl: expected a checkout with purejaxrl/ppo.py, got {options.purejaxrl}")
    cores = sorted(os.sched_getaffinity(0))
    if options.threads > len(cores):
        raise SystemExit(f"--threads: expected at most {len(cores)} (cores of this process), got {options.threads}")
    os.sched_setaffinity(0, cores[: options.threads])
    os.environ["JAX_PLATFORMS"] = "cpu"

    import jax

    ppo = load_ppo(folder)
    searching = options.until_return is not None
    batch = options.num_envs * options.num_steps
    total = options.max_steps if searching else options.iterations * batch
    config = {
        "LR": 2.5e-4,
        "NUM_ENVS": options.num_envs,
        "NUM_STEPS": options.num_steps,
        "TOTAL_TIMESTEPS": total,
        "UPDATE_EPOCHS": 4,
        "NUM_MINIBATCHES": 4,
        "GAMMA": 0.99,
        "GAE_LAMBDA": 0.95,
        "CLIP_EPS": 0.2,
        "ENT_COEF": 0.01,
        "VF_COEF": 0.5,
        "MAX_GRAD_NORM": 0.5,
        "ACTIVATION": "tanh",
        "ENV_NAME": "CartPole-v1",
        "ANNEAL_LR": True,
    }
    rng = jax.random.PRNGKey(options.seed)
    compiled = jax.jit(ppo.make_train(config)).lower(rng).compile()
    compile_end = time.time()

    begin = time.time()
    metrics = jax.block_until_ready(compiled(rng))["metrics"]
    first_end = end = time.time()
    for _ in range(0 if searching else options.warmup):
        begin = time.time()
        jax.block_until_ready(compiled(rng))
        end = time.time()

    steps = total // batch * batch
    result = {
        "peer": "PureJaxRL ppo.py",
        "environment": "CartPole-v1 (gymnax)",
        "numEnvs": options.num_envs,
        "numSteps": options.num_steps,
        "threads": options.threads,
        "seed": options.seed,
        "steps": steps,
        "seconds": round(end - begin, 4),
        "stepsPerSecond": round(steps / (end - begin)),
        "startupSeconds": round(compile_end - START, 3),
        "secondsToFinish": round(first_end - START, 3),
    }
    if searching:
        reached = first_step_with_return(metrics, options.until_return)
        result |= {
            "untilReturn": options.until_return,
            "secondsToReturn": None if reached is None else round(compile_end - START + (end - begin) * reached / steps, 3),
            "stepsToReturn": reached,
            "maxSteps": options.max_steps,
        }
    print(json.dumps(result | {"versions": versions_of("jax", "jaxlib", "gymnax", "flax", "optax", "numpy")}))


if __name__ == "__main__":
    main()
