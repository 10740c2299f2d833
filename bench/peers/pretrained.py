#!/usr/bin/env python3
"""Times one step of reinforcement learning on adapters of a model of SmolLM2-135M's sizes in PyTorch eager on the CPU; prints one JSON line.

    python bench/peers/pretrained.py --threads 2 --steps 3

transformers' Llama in float32 with torch's scaled_dot_product_attention, peft's LoRA of rank 16 on all matrices of the blocks,
random weights. A step: prompts, completions of each of exactly --completion tokens, -log p times advantage averaged over tokens,
backward, the fused Adam on the adapters. In PyTorch's favour: each prompt is computed once for its completions when sampling (the
cache is then repeated), logits are made only where a token is predicted, no text is made. In training every sequence is computed
as a whole.

sampleMilliseconds, trainMilliseconds, stepMilliseconds   medians over --steps steps after --warmup uncounted ones
"""

import argparse
import json
import os
import resource
import statistics
import time

from timing import versions_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in {"threads": 2, "steps": 3, "warmup": 1, "prompts": 4, "group": 4, "prompt": 40, "completion": 16}.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(options.threads)
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import DynamicCache, LlamaConfig, LlamaForCausalLM

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=49152,
        hidden_size=576,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        intermediate_size=1536,
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        attn_implementation="sdpa",
    )
    targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    model = get_peft_model(LlamaForCausalLM(config).float(), LoraConfig(r=16, lora_alpha=32, target_modules=targets))
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(trained, lr=1e-4, betas=(0.9, 0.99), fused=True)
    rows, length = options.prompts * options.group, options.completion
    advantages = torch.tensor([0.5 if i % 2 == 0 else -0.5 for i in range(rows)]).view(-1, 1)
    samples: list[float] = []
    trains: list[float] = []
    for _ in range(options.warmup + options.steps):
        prompts = torch.randint(0, 49152, (options.prompts, options.prompt))
        begin = time.perf_counter()
        with torch.inference_mode():
            cache = DynamicCache(config=config)
            logits = model(prompts, past_key_values=cache, logits_to_keep=1).logits[:, -1].repeat_interleave(options.group, dim=0)
            cache.batch_repeat_interleave(options.group)
            drawn = []
            for t in range(length):
                token = torch.multinomial(torch.softmax(logits, dim=-1), 1)
                drawn.append(token)
                if t + 1 < length:
                    logits = model(token, past_key_values=cache, logits_to_keep=1).logits[:, -1]
            completions = torch.cat(drawn, dim=1)
        completions = completions.clone()
        middle = time.perf_counter()
        tokens = torch.cat((prompts.repeat_interleave(options.group, dim=0), completions[:, :-1]), dim=1)
        logits = model(tokens, use_cache=False, logits_to_keep=length).logits
        losses = torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), completions.reshape(-1), reduction="none")
        loss = (losses.view_as(completions) * advantages).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        end = time.perf_counter()
        samples.append(1000 * (middle - begin))
        trains.append(1000 * (end - middle))
    samples, trains = samples[options.warmup :], trains[options.warmup :]
    result = {
        "peer": "PyTorch eager",
        "threads": options.threads,
        "prompts": options.prompts,
        "groupSize": options.group,
        "promptLength": options.prompt,
        "completionLength": length,
        "steps": options.steps,
        # Kilobytes on Linux.
        "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "trained": sum(parameter.numel() for parameter in trained),
        "sampleMilliseconds": round(statistics.median(samples), 1),
        "trainMilliseconds": round(statistics.median(trains), 1),
        "stepMilliseconds": round(statistics.median(map(sum, zip(samples, trains))), 1),
    }
    print(json.dumps(result | {"versions": versions_of("torch", "transformers", "peft")}))


if __name__ == "__main__":
    main()
