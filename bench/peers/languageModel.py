#!/usr/bin/env python3
"""Times one step of reinforcement learning on a small language model in PyTorch eager on the CPU; prints one JSON line.

    python bench/peers/languageModel.py --size 0.1M --threads 1 --steps 200
    python bench/peers/languageModel.py --size 0.1M --task count-shapes
    python bench/peers/languageModel.py --check       # the forward pass and the cache against transformers' Llama

The step is that of `cohort-rl lm train add-2digit`: 32 prompts of 6 tokens ("37+58="), 8 completions of each of 4 tokens
(3 digits and the end), a group baseline, -log p times advantage averaged over tokens, one update by Adam. The model is a
Llama-like decoder: RMSNorm, rotary positions, SwiGLU, tied head.

`--task count-shapes` has a picture in front of every prompt: 36 patches of 48 numbers, a linear map of them and a learned
position each, then 9 tokens; completions of 2 tokens. Tokens are any ids: what they mean takes no time.

    0.1M    hidden 64, 2 layers, 4 heads, feed-forward 172
    0.78M   hidden 128, 4 layers, 4 heads, feed-forward 344

Written as one would for speed on a CPU: query, key and value in one product (gate and up in two: 2 % faster here than in
one), torch's own scaled_dot_product_attention and rms_norm, sampling under inference_mode with a preallocated cache of
keys and values, logits only where a token is predicted, cross_entropy on them, the fused Adam. In PyTorch's favour: what
the tokens are worth is computed by one comparison of tensors, no text is made, prompts are drawn outside of the counted
time, and no completion is looked at before all four tokens are drawn. --prefill groups computes each prompt once for its
8 completions when sampling (the cache is then copied); it is the default because it is the faster one. In training every
sequence is computed as a whole, a batch of 256, as its attention takes them.

sampleMilliseconds, trainMilliseconds   medians over --steps steps after --warmup uncounted ones
stepMilliseconds                        median of their sums
samples, trains                         every one of them, with --all
sampleFlops, trainFlops                 arithmetic of the matrix products in one step (2 per multiply-add)
"""

import argparse
import json
import math
import os
import statistics
import time

from timing import process_start, versions_of

# Read at once: the argument is "now minus what the kernel says has passed".
START = process_start()

SIZES = {
    "0.1M": {"hidden": 64, "layers": 2, "heads": 4, "feed_forward": 172},
    "0.78M": {"hidden": 128, "layers": 4, "heads": 4, "feed_forward": 344},
}
# Token ids: the end token is 0, then the twelve characters of add-2digit.
VOCABULARY = 13
PROMPTS, GROUP, PROMPT_LENGTH, COMPLETION_LENGTH = 32, 8, 6, 4
# Patches of a picture and their numbers; 0 = no pictures.
PATCHES, PATCH_INPUTS = 0, 48


def choose_task(task: str) -> None:
    """Sets what the two tasks differ in."""
    global PROMPT_LENGTH, COMPLETION_LENGTH, VOCABULARY, PATCHES
    if task == "count-shapes":
        PATCHES, PROMPT_LENGTH, COMPLETION_LENGTH, VOCABULARY = 36, 36 + 9, 2, 19


ROTARY_THETA, NORM_EPSILON = 10_000.0, 1e-5


def load_torch(threads: int):
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads)
    import torch

    torch.set_num_threads(threads)
    return torch


def make_model(torch, hidden: int, layers: int, heads: int, feed_forward: int, vocabulary: int | None = None, context: int = 64):
    """A decoder with tied embeddings; weights normal with deviation 0.02, as is usual for this family."""
    from torch import nn
    from torch.nn import functional

    size = hidden // heads
    vocabulary = vocabulary or VOCABULARY

    def rotate(x, cos, sin):
        """Rotary positions on (..., positions, size), first half with second half."""
        first, second = x.chunk(2, dim=-1)
        return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention_norm = nn.RMSNorm(hidden, eps=NORM_EPSILON)
            self.query_key_value = nn.Linear(hidden, 3 * hidden, bias=False)
            self.output = nn.Linear(hidden, hidden, bias=False)
            self.feed_forward_norm = nn.RMSNorm(hidden, eps=NORM_EPSILON)
            self.gate = nn.Linear(hidden, feed_forward, bias=False)
            self.up = nn.Linear(hidden, feed_forward, bias=False)
            self.down = nn.Linear(feed_forward, hidden, bias=False)

        def forward(self, x, cos, sin, cache=None, start=0):
            batch, positions, _ = x.shape
            mixed = self.query_key_value(self.attention_norm(x)).view(batch, positions, 3, heads, size)
            query, key, value = mixed.permute(2, 0, 3, 1, 4).unbind(0)
            query, key = rotate(query, cos, sin), rotate(key, cos, sin)
            if cache is not None:
                keys, values = cache
                keys[:, :, start : start + positions] = key
                values[:, :, start : start + positions] = value
                key, value = keys[:, :, : start + positions], values[:, :, : start + positions]
            attended = functional.scaled_dot_product_attention(query, key, value, is_causal=positions > 1)
            x = x + self.output(attended.transpose(1, 2).reshape(batch, positions, hidden))
            normed = self.feed_forward_norm(x)
            return x + self.down(functional.silu(self.gate(normed)) * self.up(normed))

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(vocabulary, hidden)
            self.blocks = nn.ModuleList(Block() for _ in range(layers))
            self.norm = nn.RMSNorm(hidden, eps=NORM_EPSILON)
            if PATCHES:
                self.patch_map = nn.Linear(PATCH_INPUTS, hidden, bias=False)
                self.patch_positions = nn.Parameter(torch.zeros(PATCHES, hidden))
            for parameter in self.parameters():
                if parameter.dim() == 2:
                    nn.init.normal_(parameter, std=0.02)
            frequencies = ROTARY_THETA ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
            angles = torch.arange(context, dtype=torch.float64)[:, None] * frequencies
            self.register_buffer("cos", angles.cos().float())
            self.register_buffer("sin", angles.sin().float())

        def make_cache(self, batch: int, positions: int):
            return [tuple(torch.empty(batch, heads, positions, size) for _ in range(2)) for _ in self.blocks]

        def forward(self, tokens, caches=None, start=0, first=0, pictures=None):
            """Logits from position `first` on; pictures, if any, then tokens stand at `start` and after it."""
            end = start + tokens.shape[1] + (0 if pictures is None else PATCHES)
            cos, sin = self.cos[start:end], self.sin[start:end]
            x = self.embedding(tokens)
            if pictures is not None:
                x = torch.cat((self.patch_map(pictures) + self.patch_positions, x), dim=1)
            for i, block in enumerate(self.blocks):
                x = block(x, cos, sin, None if caches is None else caches[i], start)
            return functional.linear(self.norm(x[:, first:]), self.embedding.weight)

    return Model()


def sample(torch, model, prompts, prefill: str, pictures=None):
    """(PROMPTS * GROUP, COMPLETION_LENGTH) tokens drawn from the model, completion j of prompt g in row g * GROUP + j."""
    total = PROMPT_LENGTH + COMPLETION_LENGTH - 1
    with torch.inference_mode():
        if prefill == "groups":
            caches = model.make_cache(len(prompts), PROMPT_LENGTH)
            logits = model(prompts, caches, 0, PROMPT_LENGTH - 1, pictures)[:, 0].repeat_interleave(GROUP, dim=0)
            wide = model.make_cache(len(prompts) * GROUP, total)
            for few, many in zip(caches, wide):
                for source, target in zip(few, many):
                    target[:, :, :PROMPT_LENGTH] = source.repeat_interleave(GROUP, dim=0)
            caches = wide
        else:
            caches = model.make_cache(len(prompts) * GROUP, total)
            wide_pictures = None if pictures is None else pictures.repeat_interleave(GROUP, dim=0)
            logits = model(prompts.repeat_interleave(GROUP, dim=0), caches, 0, PROMPT_LENGTH - 1, wide_pictures)[:, 0]
        drawn = []
        for t in range(COMPLETION_LENGTH):
            token = torch.multinomial(torch.softmax(logits, dim=-1), 1)
            drawn.append(token)
            if t + 1 < COMPLETION_LENGTH:
                logits = model(token, caches, PROMPT_LENGTH + t)[:, -1]
        return torch.cat(drawn, dim=1)


def train(torch, model, optimizer, prompts, completions, answers, pictures=None) -> None:
    """One update: reward minus the group's mean, -log p of every token, averaged over tokens.

    The reward is the share of right tokens, so that random weights have a gradient as trained ones have.
    """
    from torch.nn import functional

    rewards = (completions == answers).float().mean(dim=1).view(PROMPTS, GROUP)
    advantages = (rewards - rewards.mean(dim=1, keepdim=True)).view(-1, 1)
    tokens = torch.cat((prompts.repeat_interleave(GROUP, dim=0), completions[:, :-1]), dim=1)
    wide_pictures = None if pictures is None else pictures.repeat_interleave(GROUP, dim=0)
    logits = model(tokens, first=PROMPT_LENGTH - 1, pictures=wide_pictures)
    losses = functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), completions.reshape(-1), reduction="none")
    loss = (losses.view_as(completions) * advantages).mean()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


def draw_problems(torch, generator):
    """Prompts (PROMPTS, text length), right completions (PROMPTS * GROUP, completion length) and pictures or None, all random."""
    prompts = torch.randint(1, VOCABULARY, (PROMPTS, PROMPT_LENGTH - PATCHES), generator=generator)
    answers = torch.randint(1, VOCABULARY, (PROMPTS, COMPLETION_LENGTH), generator=generator)
    answers[:, -1] = 0
    pictures = torch.rand((PROMPTS, PATCHES, PATCH_INPUTS), generator=generator) - 0.5 if PATCHES else None
    return prompts, answers.repeat_interleave(GROUP, dim=0), pictures


def flops_of(hidden: int, layers: int, feed_forward: int, prefill: str) -> tuple[int, int]:
    """Matrix products of one step. Attention counts every pair of a token and one before it or itself."""
    per_row = 2 * layers * (4 * hidden * hidden + 3 * hidden * feed_forward)
    per_pair = 4 * layers * hidden
    head = 2 * hidden * VOCABULARY
    rollouts = PROMPTS * GROUP
    pairs = lambda first, last: sum(range(first + 1, last + 1))
    total = PROMPT_LENGTH + COMPLETION_LENGTH - 1
    prefilled = PROMPTS if prefill == "groups" else rollouts
    patch_map = 2 * PATCHES * PATCH_INPUTS * hidden
    sampling = prefilled * (PROMPT_LENGTH * per_row + pairs(0, PROMPT_LENGTH) * per_pair + head + patch_map)
    sampling += rollouts * ((COMPLETION_LENGTH - 1) * (per_row + head) + pairs(PROMPT_LENGTH, total) * per_pair)
    forward = rollouts * (total * per_row + pairs(0, total) * per_pair + COMPLETION_LENGTH * head + patch_map)
    return sampling, 3 * forward


def check(torch) -> None:
    """The model against transformers' Llama with the same weights, and its cache against the whole sequence."""
    from transformers import LlamaConfig, LlamaForCausalLM

    sizes = SIZES["0.78M"]
    torch.manual_seed(1)
    model = make_model(torch, **sizes)
    theirs = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=VOCABULARY,
            hidden_size=sizes["hidden"],
            num_hidden_layers=sizes["layers"],
            num_attention_heads=sizes["heads"],
            num_key_value_heads=sizes["heads"],
            intermediate_size=sizes["feed_forward"],
            rms_norm_eps=NORM_EPSILON,
            tie_word_embeddings=True,
            attn_implementation="eager",
        )
    )
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
        theirs.model.embed_tokens.weight.copy_(model.embedding.weight)
        theirs.model.norm.weight.copy_(model.norm.weight)
        for block, layer in zip(model.blocks, theirs.model.layers):
            layer.input_layernorm.weight.copy_(block.attention_norm.weight)
            layer.post_attention_layernorm.weight.copy_(block.feed_forward_norm.weight)
            query, key, value = block.query_key_value.weight.chunk(3)
            layer.self_attn.q_proj.weight.copy_(query)
            layer.self_attn.k_proj.weight.copy_(key)
            layer.self_attn.v_proj.weight.copy_(value)
            layer.self_attn.o_proj.weight.copy_(block.output.weight)
            layer.mlp.gate_proj.weight.copy_(block.gate.weight)
            layer.mlp.up_proj.weight.copy_(block.up.weight)
            layer.mlp.down_proj.weight.copy_(block.down.weight)
        tokens = torch.randint(0, VOCABULARY, (5, 10))
        whole = model(tokens)
        difference = (whole - theirs(tokens).logits).abs().max().item()
        caches = model.make_cache(5, 10)
        steps = [model(tokens[:, :PROMPT_LENGTH], caches)] + [
            model(tokens[:, t : t + 1], caches, t) for t in range(PROMPT_LENGTH, 10)
        ]
        cached = (torch.cat(steps, dim=1) - whole).abs().max().item()
    result = {"largestLogit": round(whole.abs().max().item(), 3), "transformers": difference, "cache": cached}
    print(json.dumps(result | {"versions": versions_of("torch", "transformers")}))
    if not max(difference, cached) < 1e-4:
        raise SystemExit("the forward passes differ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=list(SIZES), default="0.1M")
    parser.add_argument("--task", choices=["add-2digit", "count-shapes"], default="add-2digit")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=200, help="counted steps")
    parser.add_argument("--warmup", type=int, default=20, help="uncounted steps before them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--prefill", choices=["groups", "sequences"], default="groups")
    parser.add_argument("--adam", choices=["fused", "foreach", "loop"], default="fused")
    parser.add_argument("--all", action="store_true", help="print the time of every step too")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()

    torch = load_torch(options.threads)
    if options.check:
        check(torch)
        return
    choose_task(options.task)
    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed)
    sizes = SIZES[options.size]
    model = make_model(torch, **sizes)
    kind = {"fused": {"fused": True}, "foreach": {"foreach": True}, "loop": {"foreach": False}}[options.adam]
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-4, betas=(0.9, 0.99), **kind)
    samples: list[float] = []
    trains: list[float] = []
    for _ in range(options.warmup + options.steps):
        prompts, answers, pictures = draw_problems(torch, generator)
        begin = time.perf_counter()
        completions = sample(torch, model, prompts, options.prefill, pictures)
        middle = time.perf_counter()
        train(torch, model, optimizer, prompts, completions.clone(), answers, pictures)
        end = time.perf_counter()
        samples.append(1000 * (middle - begin))
        trains.append(1000 * (end - middle))
    samples, trains = samples[options.warmup :], trains[options.warmup :]
    if not all(math.isfinite(parameter.sum().item()) for parameter in model.parameters()):
        raise SystemExit("the weights are not finite")

    sample_flops, train_flops = flops_of(sizes["hidden"], sizes["layers"], sizes["feed_forward"], options.prefill)
    result = {
        "peer": "PyTorch eager",
        "size": options.size,
        "task": options.task,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "threads": options.threads,
        "prompts": PROMPTS,
        "groupSize": GROUP,
        "promptLength": PROMPT_LENGTH,
        "completionLength": COMPLETION_LENGTH,
        "vocabulary": VOCABULARY,
        "prefill": options.prefill,
        "steps": options.steps,
        "sampleMilliseconds": round(statistics.median(samples), 3),
        "trainMilliseconds": round(statistics.median(trains), 3),
        "stepMilliseconds": round(statistics.median(map(sum, zip(samples, trains))), 3),
        "sampleFlops": sample_flops,
        "trainFlops": train_flops,
        "startupSeconds": round(time.time() - START - (sum(samples) + sum(trains)) / 1000, 3),
    }
    if options.all:
        result |= {"samples": [round(value, 3) for value in samples], "trains": [round(value, 3) for value in trains]}
    print(json.dumps(result | {"versions": versions_of("torch")}))


if __name__ == "__main__":
    main()
