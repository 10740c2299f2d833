#!/usr/bin/env python3
"""Times one training of CleanRL's ppo.py or ppo_continuous_action.py and prints one JSON line.

    python bench/peers/cleanrl.py --cleanrl PATH --num-envs 128 --num-steps 128 --threads 1 --iterations 10
    python bench/peers/cleanrl.py --cleanrl PATH --threads 1 --until-return 475
    python bench/peers/cleanrl.py --cleanrl PATH --env-id LunarLander-v2 --num-envs 32 --num-steps 1024 --iterations 2
    python bench/peers/cleanrl.py --cleanrl PATH --env-id HalfCheetah-v4 --num-envs 32 --num-steps 1024 --iterations 2

CleanRL's files run unmodified with their own defaults: ppo.py with 4 epochs of 4 minibatches (minibatch = batch / 4),
separate 64-64 tanh networks, policy and value clip 0.2, entropy 0.01, gamma 0.99, lambda 0.95, gradient norm 0.5,
annealed 2.5e-4; ppo_continuous_action.py (HalfCheetah) with 10 epochs of 32 minibatches, entropy 0, annealed 3e-4, and
observations and rewards normalized per environment.
In CleanRL's favour its TensorBoard writer is replaced by one that writes nothing, and its prints go nowhere.

startupSeconds      process start (imports included) to the first environment step
seconds, steps      the counted iterations, after --warmup uncounted ones
split               shares of the counted time: stepping the environments with their wrappers, backward passes, gradient
                    clipping and Adam; what is left is acting, forward passes, advantages and Python around them
secondsToFinish     process start to the end of training
secondsToReturn     with --until-return R: process start to the moment the mean of the last 20 training episodes'
                    returns is >= R, or null if that never happens within --max-steps (CleanRL's 4 x 128 unless given)
"""

import argparse
import json
import os
import runpy
import sys
import tempfile
import time
from collections import deque
from contextlib import chdir, redirect_stdout, suppress
from pathlib import Path

from timing import process_start, versions_of

# Read at once: the argument is "now minus what the kernel says has passed".
START = process_start()


class Finished(Exception):
    """Raised inside CleanRL's loop when the wanted return is reached."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cleanrl", required=True, type=Path, help="a checkout of CleanRL")
    parser.add_argument("--env-id", default="CartPole-v1")
    parser.add_argument("--num-envs", type=int, default=4)
    parser.add_argument("--num-steps", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--iterations", type=int, default=10, help="counted iterations")
    parser.add_argument("--warmup", type=int, default=1, help="uncounted iterations before them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until-return", type=float, default=None)
    parser.add_argument("--max-steps", type=int, default=500_000, help="total steps with --until-return")
    options = parser.parse_args()

    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(options.threads)
    name = "ppo_continuous_action.py" if options.env_id.startswith("HalfCheetah") else "ppo.py"
    script = options.cleanrl.resolve() / "cleanrl" / name
    if not script.is_file():
        raise SystemExit(f"--cleanrl: expected a checkout with cleanrl/{name}, got {options.cleanrl}")

    import gymnasium as gym
    import torch
    import torch.utils.tensorboard as tensorboard

    torch.set_num_threads(options.threads)
    batch = options.num_envs * options.num_steps
    total = (options.iterations + options.warmup) * batch if options.until_return is None else options.max_steps
    iteration_ends: list[float] = []
    recent: deque[float] = deque(maxlen=20)
    reached: dict[str, float | int] = {}
    first_step: list[float] = []
    spent = {"env": 0.0, "backward": 0.0, "optimizer": 0.0}
    splits: list[dict[str, float]] = []

    def timed(part: str, function):
        def call(*args, **kwargs):
            begin = time.perf_counter()
            result = function(*args, **kwargs)
            spent[part] += time.perf_counter() - begin
            return result

        return call

    class Writer:
        def __init__(self, *_args, **_kwargs):
            pass

        def add_text(self, *_args, **_kwargs):
            pass

        def add_scalar(self, tag, value, step, *_args, **_kwargs):
            if tag == "charts/SPS":
                iteration_ends.append(time.time())
                splits.append(dict(spent))
            elif tag == "charts/episodic_return" and options.until_return is not None:
                recent.append(float(value.item() if hasattr(value, "item") else value))
                if len(recent) == recent.maxlen and sum(recent) / len(recent) >= options.until_return:
                    reached.update(seconds=time.time() - START, steps=int(step))
                    raise Finished

        def close(self):
            pass

    plain_step = timed("env", gym.vector.SyncVectorEnv.step)
    torch.Tensor.backward = timed("backward", torch.Tensor.backward)
    torch.optim.Adam.step = timed("optimizer", torch.optim.Adam.step)
    torch.nn.utils.clip_grad_norm_ = timed("optimizer", torch.nn.utils.clip_grad_norm_)

    def first_timed_step(self, actions):
        first_step.append(time.time())
        gym.vector.SyncVectorEnv.step = plain_step
        return plain_step(self, actions)

    tensorboard.SummaryWriter = Writer
    gym.vector.SyncVectorEnv.step = first_timed_step
    sys.argv = [str(script), "--no-cuda", "--seed", str(options.seed), "--total-timesteps", str(total)]
    sys.argv += ["--env-id", options.env_id, "--num-envs", str(options.num_envs), "--num-steps", str(options.num_steps)]
    with tempfile.TemporaryDirectory() as scratch, chdir(scratch), open(os.devnull, "w") as sink:
        with redirect_stdout(sink), suppress(Finished):
            runpy.run_path(str(script), run_name="__main__")
    end = time.time()

    warmup = min(options.warmup, len(iteration_ends) - 1)
    # Without a warm-up the count starts at the first environment step.
    seconds = iteration_ends[-1] - (iteration_ends[warmup - 1] if warmup > 0 else first_step[0])
    steps = (len(iteration_ends) - max(warmup, 0)) * batch
    before = splits[warmup - 1] if warmup > 0 else dict.fromkeys(spent, 0.0)
    result = {
        "peer": f"CleanRL {name}",
        "environment": options.env_id,
        "numEnvs": options.num_envs,
        "numSteps": options.num_steps,
        "threads": options.threads,
        "seed": options.seed,
        "steps": steps,
        "seconds": round(seconds, 4),
        "stepsPerSecond": round(steps / seconds),
        "split": {part: round((splits[-1][part] - before[part]) / seconds, 3) for part in spent},
        "startupSeconds": round(first_step[0] - START, 3),
        "secondsToFinish": round(end - START, 3),
    }
    if options.until_return is not None:
        result |= {
            "untilReturn": options.until_return,
            "secondsToReturn": round(reached["seconds"], 3) if reached else None,
            "stepsToReturn": reached.get("steps"),
            "maxSteps": options.max_steps,
        }
    print(json.dumps(result | {"versions": versions_of("torch", "gymnasium", "numpy")}))


if __name__ == "__main__":
    main()
