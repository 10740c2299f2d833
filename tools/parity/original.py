"""The original side of `npm run parity`: steps Gymnasium's environments and writes what they said, one JSON line per case.

    python tools/parity/original.py --seed 123 --episodes 20

needs gymnasium[box2d,mujoco]==1.3.0 and mujoco==3.9.0. A sequence is a seeded reset, an episode, a reset without a seed and another episode.
Shapes: T steps, R resets; `states` are what the next step reads, where a single step is to be compared (classic control: its numbers, in
MountainCarContinuous also whether they are float64; MuJoCo: time, positions, velocities, activations, warm start, controls, what the rules carry
over), `after` what classic control has after it. `infos` are what toy text says beside the observations. BipedalWalker is given a new
world at every reset: see record_bipedal_walker.py.
"""

import argparse
import json
import sys
import warnings
from pathlib import Path

import gymnasium as gym
import numpy as np
from gymnasium.envs.box2d.lunar_lander import heuristic
from gymnasium.envs.mujoco.humanoid_v5 import mass_center

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fixtures"))
from common import pack, versions  # noqa: E402
from record_toy_text import errand  # noqa: E402
from record_bipedal_walker import begin as begin_walker  # noqa: E402
from record_bipedal_walker import policy_of as walker_policy  # noqa: E402

# Gymnasium advises newer ids; ours are meant.
warnings.filterwarnings("ignore", category=DeprecationWarning)
gym.logger.min_level = gym.logger.ERROR

LANDER = [
    ("discrete", {}),
    ("continuous", {"continuous": True}),
    ("wind", {"enable_wind": True}),
    ("continuous, strong wind, gravity -5", {"continuous": True, "enable_wind": True, "wind_power": 20.0, "turbulence_power": 2.0, "gravity": -5.0}),
]
MUJOCO = [
    "HalfCheetah-v5", "HalfCheetah-v4", "Hopper-v5", "InvertedPendulum-v5", "InvertedDoublePendulum-v5", "Reacher-v5", "Swimmer-v5", "Walker2d-v5",
]
STANDS = {"terminate_when_unhealthy": False, "healthy_z_range": (0.9, 1.2), "healthy_angle_range": (-0.1, 0.3), "frame_skip": 2}
# Single steps only: other versions and other options of the same.
PLANAR = [
    ("Hopper-v4", {}),
    ("Hopper-v5", {**STANDS, "healthy_state_range": (-5.0, 2.0)}),
    ("InvertedPendulum-v4", {}),
    ("InvertedDoublePendulum-v4", {}),
    ("Reacher-v4", {}),
    ("Reacher-v5", {"reward_dist_weight": 2.5, "reward_control_weight": 0.1}),
    ("Swimmer-v4", {}),
    ("Swimmer-v5", {"ctrl_cost_weight": 0.3, "exclude_current_positions_from_observation": False}),
    ("Walker2d-v4", {}),
    ("Walker2d-v5", STANDS),
]
OWN_LAKE = ["SFFHF", "FHFFF", "FFFSF", "HFFFG"]
TOY = [
    ("FrozenLake-v1", {}),
    ("FrozenLake-v1", {"is_slippery": False}),
    ("FrozenLake-v1", {"desc": OWN_LAKE, "success_rate": 0.7, "reward_schedule": (2, -1, -0.125)}),
    ("FrozenLake8x8-v1", {}),
    ("Taxi-v4", {}),
    ("Taxi-v4", {"is_rainy": True, "fickle_passenger": True}),
    ("Blackjack-v1", {}),
    ("Blackjack-v1", {"sab": False, "natural": True}),
]
CLASSIC = [
    ("CartPole-v1", {}),
    ("CartPole-v0", {}),
    ("MountainCar-v0", {}),
    ("MountainCarContinuous-v0", {}),
    ("Pendulum-v1", {}),
    ("Pendulum-v1", {"g": 9.81}),
    ("Acrobot-v1", {}),
    ("Acrobot-v1", {"book_or_nips": "nips"}),
]
WALKER = ["BipedalWalker-v3", "BipedalWalkerHardcore-v3"]
SPATIAL = [
    ("Ant-v5", {}),
    ("Ant-v5", {"terminate_when_unhealthy": False, "contact_force_range": [-100.0, 100.0], "main_body": "aux_2"}),
    ("Ant-v4", {"use_contact_forces": True}),
    ("Humanoid-v5", {}),
    ("Humanoid-v5", {"terminate_when_unhealthy": False, "contact_cost_weight": 1e-4}),
    ("Humanoid-v4", {}),
    ("HumanoidStandup-v5", {}),
    ("HumanoidStandup-v4", {}),
    ("Pusher-v5", {}),
]
# An object between two fingers: tools/parity/sensitivity.py says how far native MuJoCo is from itself.
TOUCHES = ["Pusher-v5"]


# Cases without this in their names are left out.
ONLY = [""]


def wanted(name):
    return ONLY[0] in name


def say(**case):
    print(json.dumps(case, separators=(",", ":")), flush=True)


# Which number of the observation says where things move, and whether to drive there or against it.
SWING = {"MountainCar-v0": (1, 1), "MountainCarContinuous-v0": (1, 1), "Pendulum-v1": (2, 1), "Acrobot-v1": (4, -1), "CartPole-v1": (2, 1), "CartPole-v0": (2, 1)}


def swing(env, observation, generator):
    """Drives by the motion, now and then as chance has it: swings up, or holds up, what random actions leave hanging."""
    space = env.action_space
    if generator.random() < 0.1:
        return random_action(space, generator, 1.25)
    number, direction = SWING[env.unwrapped.spec.id]
    forward = direction * observation[number] > 0
    if isinstance(space, gym.spaces.Discrete):
        return int(space.n - 1 if forward else 0)
    return (1 if forward else -1) * generator.uniform(0.8, 1.2, space.shape).astype(np.float32) * space.high


def random_action(space, generator, scale=1.0):
    if isinstance(space, gym.spaces.Discrete):
        return int(generator.integers(space.n))
    return (scale * generator.uniform(space.low, space.high)).astype(np.float32)


def carried(inner):
    """What the step's rules read of the step before besides: how far the fingertip was, the body whose way is rewarded, the middle of mass."""
    if inner.spec.id == "Reacher-v4":
        return inner.get_body_com("fingertip") - inner.get_body_com("target")
    if inner.spec.id.startswith("Ant"):
        return inner.data.body(getattr(inner, "_main_body", "torso")).xpos[:2]
    return mass_center(inner.model, inner.data) if inner.spec.id.startswith("Humanoid-") else []


def forces(inner):
    """Where the observation shows forces that are not cut: its end."""
    if not inner.spec.id.startswith("Humanoid"):
        return [0, 0]
    size = inner.observation_space.shape[0]
    return [size - 6 * (inner.model.nbody - (1 if inner.spec.id.endswith("v5") else 0)), size]


def choose(env, policy, observation, info, generator):
    if policy == "heuristic":
        return heuristic(env.unwrapped, observation)
    if policy == "swing":
        return swing(env, observation, generator)
    if policy == "errand":
        return errand(observation, info, lambda: int(generator.integers(2**16)))
    return random_action(env.action_space, generator)


def full_state(env):
    """What the next step reads, or nothing where the course itself is compared."""
    inner = env.unwrapped
    if hasattr(inner, "data"):
        data = inner.data
        return np.concatenate([[data.time], data.qpos, data.qvel, data.act, data.qacc_warmstart, data.ctrl, carried(inner)])
    if "classic_control" not in type(inner).__module__:
        return None
    state = np.array(inner.state, dtype=np.float64)
    # It begins in float64 and goes on in float32.
    is_mixed = inner.spec.id.startswith("MountainCarContinuous")
    return np.append(state, inner.state.dtype == np.float64) if is_mixed else state


def begin(env, seed):
    return (begin_walker(env, seed), {}) if hasattr(env.unwrapped, "terrain") else env.reset(seed=seed)


def info_row(info):
    """What toy text says beside the observation: the probability of the transition, and the mask of the next action."""
    return [info["prob"], *info.get("action_mask", [])] if "prob" in info else None


def sequence(env, seed, policy, episodes=2, most=1000, least=0):
    """One seeded reset and further ones without a seed: so many episodes of at most so many steps, and more of them until there are `least` steps."""
    generator = np.random.default_rng(seed)
    rows = {name: [] for name in ("observations", "actions", "rewards", "terminated", "truncated", "states", "after", "infos")}
    lengths = []
    while len(lengths) < episodes or sum(lengths) < least:
        observation, info = begin(env, None if lengths else seed)
        walk = walker_policy(policy, 0)() if hasattr(env.unwrapped, "terrain") and policy != "random" else None
        rows["observations"].append(np.array(observation))
        rows["infos"].append(info_row(info))
        for step in range(most):
            action = walk(observation) if walk else choose(env, policy, observation, info, generator)
            state = full_state(env)
            if state is not None:
                rows["states"].append(state)
            observation, reward, terminated, truncated, info = env.step(action)
            if state is not None and not hasattr(env.unwrapped, "data"):
                rows["after"].append(full_state(env))
            rows["actions"].append(action)
            rows["observations"].append(np.array(observation))
            rows["infos"].append(info_row(info))
            rows["rewards"].append(reward)
            rows["terminated"].append(terminated)
            rows["truncated"].append(truncated)
            if terminated or truncated:
                break
        lengths.append(step + 1)
    packed = {name: pack(values, "float64") for name, values in rows.items() if values and values[0] is not None}
    return {"seed": seed, "lengths": lengths, **packed}


def single(name, env_id, kwargs, level, seeds, policies=("random",), episodes=2, most=1000, least=0):
    if not wanted(name):
        return
    attributes = {key: value for key, value in kwargs.items() if key == "book_or_nips"}
    env = gym.make(env_id, **{key: value for key, value in kwargs.items() if key not in attributes})
    for key, value in attributes.items():
        setattr(env.unwrapped, key, value)
    sequences = [sequence(env, seed, policies[k % len(policies)], episodes, most, least) for k, seed in enumerate(seeds)]
    inner = env.unwrapped
    more = {"resetLength": 1 + inner.model.nq + inner.model.nv, "forces": forces(inner), "touches": env_id in TOUCHES} if hasattr(inner, "data") else {}
    say(case=name, id=env_id, kwargs=kwargs, level=level, sequences=sequences, **more)


def course(env_id, seeds, steps=50, scale=0.5):
    """Short courses from a reset, nothing set in between."""
    if not wanted(f"{env_id}, free-running"):
        return
    env = gym.make(env_id)
    found = []
    for seed in seeds:
        generator = np.random.default_rng(seed)
        observation, _ = env.reset(seed=seed)
        observations, actions = [observation], []
        for _ in range(steps):
            action = random_action(env.action_space, generator, scale)
            observation, _, terminated, _, _ = env.step(action)
            actions.append(action)
            observations.append(observation)
            if terminated:
                break
        found.append({"seed": seed, "actions": pack(actions, "float64"), "observations": pack(observations, "float64")})
    say(case=f"{env_id}, free-running", id=env_id, kwargs={}, level="course", courses=found)


def returns(env_id, seeds):
    """Whole episodes of random actions; the other side draws its own actions, only the means are compared."""
    if not wanted(f"{env_id}, mean return"):
        return
    env = gym.make(env_id)
    found = []
    for seed in seeds:
        generator = np.random.default_rng(seed)
        env.reset(seed=seed)
        total, ended = 0.0, False
        while not ended:
            _, reward, terminated, truncated, _ = env.step(random_action(env.action_space, generator))
            total += float(reward)
            ended = terminated or truncated
        found.append(total)
    say(case=f"{env_id}, mean return", id=env_id, kwargs={}, level="returns", returns=found)


def vector(name, env_id, kwargs, seed, num_envs, steps, limit, stack):
    """SyncVectorEnv that resets in the same step, bare or in CleanRL's wrappers."""
    if not wanted(name):
        return
    from record_wrappers import GAMMA, cleanrl

    make = lambda: gym.make(env_id, max_episode_steps=limit, **kwargs)  # noqa: E731
    envs = gym.vector.SyncVectorEnv(
        [(lambda: cleanrl(make())) if stack else make for _ in range(num_envs)], autoreset_mode=gym.vector.AutoresetMode.SAME_STEP
    )
    generator = np.random.default_rng(seed)
    space = gym.make(env_id, **kwargs).action_space
    observations, _ = envs.reset(seed=seed)
    rows = {name: [] for name in ("observations", "actions", "rewards", "terminated", "truncated", "final")}
    rows["observations"].append(np.array(observations))
    for _ in range(steps):
        # Beyond the bounds where a wrapper clips.
        actions = [random_action(space, generator, 1.3 if stack else 1.0) for _ in range(num_envs)]
        observations, rewards, terminated, truncated, infos = envs.step(np.array(actions))
        rows["actions"].append(actions)
        rows["observations"].append(np.array(observations))
        rows["rewards"].append(np.array(rewards))
        rows["terminated"].append(np.array(terminated))
        rows["truncated"].append(np.array(truncated))
        rows["final"] += [infos["final_obs"][i] for i in range(num_envs) if terminated[i] or truncated[i]]
    packed = {name: pack(values, "float64") for name, values in rows.items()}
    say(
        case=name, id=env_id, kwargs=kwargs, level="vector", seed=seed, numEnvs=num_envs, steps=steps, limit=limit, cleanrl=stack, gamma=GAMMA, **packed
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True, help="all seeds come from it")
    parser.add_argument("--episodes", type=int, default=20, help="sequences per case; each has two episodes")
    parser.add_argument("--only", default="", help="cases with this in their names")
    options = parser.parse_args()
    ONLY[0] = options.only
    generator = np.random.default_rng(options.seed)
    draw = lambda count: [int(seed) for seed in generator.integers(0, 2**53, count)]  # noqa: E731

    import Box2D
    import mujoco

    print(json.dumps({"versions": versions(gym, mujoco, Box2D)}), flush=True)
    for env_id, kwargs in CLASSIC:
        name = ", ".join([env_id, *(f"{key} {value}" for key, value in kwargs.items())])
        single(name, env_id, kwargs, "classic", draw(options.episodes), ("random", "swing"))
    for env_id in ("CliffWalking-v1", "CliffWalkingSlippery-v1"):
        single(env_id, env_id, {"max_episode_steps": 200}, "exact", draw(options.episodes))
    for env_id, kwargs in TOY:
        name = ", ".join([env_id, *kwargs])
        policies = ("random", "errand") if env_id == "Taxi-v4" else ("random",)
        single(name, env_id, kwargs, "exact", draw(options.episodes), policies)
    for name, kwargs in LANDER:
        policies = ("random", "heuristic")
        single(f"LunarLander-v3, {name}", "LunarLander-v3", kwargs, "exact", draw(options.episodes), policies)
    for env_id in WALKER:
        single(env_id, env_id, {}, "exact", draw(options.episodes), ("random", "heuristic", "trained"), most=2000)
    for env_id in MUJOCO:
        single(env_id, env_id, {}, "mujoco", draw(max(2, options.episodes // 4)), most=200, least=400)
        course(env_id, draw(options.episodes))
    for env_id, kwargs in PLANAR:
        named = ", ".join([env_id, *(f"{name} {value}" for name, value in kwargs.items())])
        single(named, env_id, kwargs, "mujoco", draw(max(2, options.episodes // 4)), most=200, least=400)
    for env_id, kwargs in SPATIAL:
        named = ", ".join([env_id, *(f"{name} {value}" for name, value in kwargs.items())])
        single(named, env_id, kwargs, "mujoco", draw(max(2, options.episodes // 4)), most=200, least=400)
    for env_id in ("Ant-v5", "Humanoid-v5", "HumanoidStandup-v5", "Pusher-v5"):
        course(env_id, draw(options.episodes))
    returns("HalfCheetah-v5", draw(60))
    seed = int(generator.integers(0, 2**32))
    vector("LunarLander-v3, four in a vector, reset in the same step", "LunarLander-v3", {}, seed, 4, 600, 100, False)
    for name, kwargs in LANDER[1:2]:
        vector(f"CleanRL's wrappers on LunarLander-v3, {name}", "LunarLander-v3", kwargs, seed, 3, 400, 100, True)


if __name__ == "__main__":
    main()
