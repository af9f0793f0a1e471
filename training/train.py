"""Trains the small Llama model on the documents that `mpcache corpus` writes, and saves it as a Hugging Face checkpoint.

    python training/train.py --corpus DIR --out DIR [--from DIR] [--steps N] [--deadline SECONDS]

Rows of a file train-T.u16.gz have T tokens: one document each, padded at the end; bit 15 marks the tokens of answers. The step count
and the seed fix what is learned, up to the order in which a GPU adds. A deadline, where there is one, brings the end of the schedule
forward. With --from training goes on with a checkpoint that it saved before: the whole schedule, with a rate of its own, but for the short
documents at its beginning. See README.md beside this file.
"""

import argparse
import gzip
import json
import math
import struct
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

CONFIG = dict(dim=256, hidden=512, layers=6, heads=4, groups=2, context=2048, theta=10000.0, epsilon=1e-5)

# What the programs declare of weights: matrices and gains outside are clamped.
LIMITS = {1: 7.9, 2: 3.998}

# Programs declare ranges, which private runs need; training keeps what they name within this share of them.
SHARE = 0.6
RANGES = dict(query=45.0, key=45.0, value=16.0, gate=15.5, up=16.0, gated=64.0, stream=64.0, logits=64.0)

END = 1  # the token that ends a text
TOKENS = 1 << 16  # of a step
WARMING = 600  # steps
ANSWER = 15.0  # the weight of a token of an answer; others have 1


def rows_of(corpus, name, length):
    with gzip.open(corpus / f"{name}-{length}.u16.gz") as file:
        return np.frombuffer(file.read(), dtype="<u2").reshape(-1, length)


class Documents:
    """Rows on the device: tokens, and the weights of their losses."""

    def __init__(self, rows, description, device):
        self.pad = description["pad"]
        self.bit = description["answerBit"]
        rows = torch.from_numpy(rows.astype(np.int32)).to(device)
        # An answer ends the text: the line feed behind it becomes the end.
        answers = (rows & self.bit) != 0
        behind = answers.roll(1, 1) & ~answers & (rows != self.pad)
        behind[:, 0] = False
        self.rows = torch.where(behind, END | self.bit, rows)

    def __len__(self):
        return self.rows.shape[0]

    def batch(self, index):
        rows = self.rows[index]
        answers = (rows & self.bit) != 0
        tokens = rows & (self.bit - 1)
        padding = tokens == self.pad
        tokens = torch.where(padding, 0, tokens).long()
        weights = torch.where(padding, 0.0, torch.where(answers, ANSWER, 1.0))
        # The token after a row's last one is unknown. Rows keep their even length, which kernels like.
        targets = tokens.roll(-1, 1)
        weights = weights.roll(-1, 1)
        answers = answers.roll(-1, 1)
        weights[:, -1] = 0
        answers[:, -1] = False
        return tokens, targets, weights, answers


def excess(x, name):
    """How far values leave their share of the declared range, squared."""
    return F.relu(x.float().abs() - SHARE * RANGES[name]).square().sum()


def rotate(x, cosines, sines):
    first, second = x.float().chunk(2, dim=-1)
    return torch.cat((first * cosines - second * sines, second * cosines + first * sines), dim=-1).to(x.dtype)


def block(x, p, cosines, sines, heads, groups, epsilon):
    """One layer: [batch, tokens, dim] to the same, and what left its range."""
    batch, tokens, dim = x.shape
    size = dim // heads
    h = F.rms_norm(x, (dim,), p["attention_norm"].to(x.dtype), epsilon)
    q = F.linear(h, p["query"].to(x.dtype))
    k = F.linear(h, p["key"].to(x.dtype))
    v = F.linear(h, p["value"].to(x.dtype))
    loss = excess(q, "query") + excess(k, "key") + excess(v, "value")
    q = rotate(q.view(batch, tokens, heads, size).transpose(1, 2), cosines, sines)
    k = rotate(k.view(batch, tokens, groups, size).transpose(1, 2), cosines, sines).repeat_interleave(heads // groups, dim=1)
    v = v.view(batch, tokens, groups, size).transpose(1, 2).repeat_interleave(heads // groups, dim=1)
    mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(batch, tokens, dim)
    x = x + F.linear(mixed, p["output"].to(x.dtype))
    h = F.rms_norm(x, (dim,), p["feed_forward_norm"].to(x.dtype), epsilon)
    gate = F.linear(h, p["gate"].to(x.dtype))
    up = F.linear(h, p["up"].to(x.dtype))
    gated = F.silu(gate) * up
    loss = loss + excess(gate, "gate") + excess(up, "up") + excess(gated, "gated")
    x = x + F.linear(gated, p["down"].to(x.dtype))
    return x, (loss + excess(x, "stream")) / x.numel()


def head(x, p, targets, weights, epsilon):
    """Losses of the next tokens, and whether each is the most likely one."""
    h = F.rms_norm(x, (x.shape[-1],), p["final_norm"].to(x.dtype), epsilon)
    logits = F.linear(h, p["classifier"].to(x.dtype)).float()
    losses = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none").view_as(targets)
    return (losses * weights).sum() / weights.sum(), excess(logits, "logits") / logits.numel(), losses, logits.argmax(-1) == targets


class Llama(torch.nn.Module):
    def __init__(self, vocabulary, compiled):
        super().__init__()
        c = CONFIG
        size = c["dim"] // c["heads"]

        def matrix(outputs, inputs, scale=1.0):
            return torch.nn.Parameter(torch.randn(outputs, inputs) * scale / math.sqrt(inputs))

        def gain():
            return torch.nn.Parameter(torch.ones(c["dim"]))

        # Mean squares have 16 fraction bits between two parties: the stream begins large enough for them.
        self.embedding = torch.nn.Parameter(torch.randn(vocabulary, c["dim"]) * 0.5)
        narrow = 1 / math.sqrt(2 * c["layers"])
        self.blocks = torch.nn.ModuleList(
            torch.nn.ParameterDict(
                dict(
                    attention_norm=gain(),
                    query=matrix(c["dim"], c["dim"]),
                    key=matrix(c["groups"] * size, c["dim"]),
                    value=matrix(c["groups"] * size, c["dim"]),
                    output=matrix(c["dim"], c["dim"], narrow),
                    feed_forward_norm=gain(),
                    gate=matrix(c["hidden"], c["dim"]),
                    up=matrix(c["hidden"], c["dim"]),
                    down=matrix(c["dim"], c["hidden"], narrow),
                )
            )
            for _ in range(c["layers"])
        )
        self.tail = torch.nn.ParameterDict(dict(final_norm=gain(), classifier=matrix(vocabulary, c["dim"], 0.5)))
        angles = torch.outer(torch.arange(c["context"]).float(), c["theta"] ** (-torch.arange(0, size, 2).float() / size))
        self.register_buffer("cosines", angles.cos(), persistent=False)
        self.register_buffer("sines", angles.sin(), persistent=False)
        self.compiled = (torch.compile(block, dynamic=False), torch.compile(head, dynamic=False)) if compiled else (block, head)

    def forward(self, tokens, targets, weights):
        c = CONFIG
        # Each shape is compiled once, for training.
        run_block, run_head = self.compiled if torch.is_grad_enabled() else (block, head)
        length = tokens.shape[1]
        cosines, sines = self.cosines[:length], self.sines[:length]
        x = F.embedding(tokens, self.embedding).to(torch.bfloat16)
        outside = 0.0
        for layer in self.blocks:
            x, left = run_block(x, dict(layer.items()), cosines, sines, c["heads"], c["groups"], c["epsilon"])
            outside = outside + left
        loss, left, losses, right = run_head(x, dict(self.tail.items()), targets, weights, c["epsilon"])
        return loss, outside + left, losses, right


def shares_at(progress, continued):
    """Shares of the buckets: what looks back is learned sooner from short documents."""
    if progress < 0.2 and not continued:
        return [0.6, 0.4, 0.0, 0.0]
    if progress < 0.4 and not continued:
        return [0.3, 0.3, 0.3, 0.1]
    return [0.15, 0.2, 0.3, 0.35]


def schedule(step, progress, peak):
    """Warm up, stay, and fall to nothing over the last half. Steps count for the warming, as the time of the first ones is the compiler's."""
    return peak * min(1.0, step / WARMING, (1 - progress) / 0.5)


@torch.no_grad()
def validate(model, corpus, description, device):
    """Answers that are right in every token, by task and length, and the loss of a token of text."""
    result = {}
    for length in description["lengths"]:
        documents = Documents(rows_of(corpus, "validation", length), description, device)
        tasks = np.fromfile(corpus / f"validation-{length}.tasks.u8", dtype=np.uint8)
        right, loss = [], []
        size = max(1, TOKENS // length)
        for start in range(0, len(documents), size):
            index = torch.arange(start, min(start + size, len(documents)), device=device)
            tokens, targets, weights, answers = documents.batch(index)
            _, _, losses, hits = model(tokens, targets, weights)
            right.append((hits | ~answers).all(-1).cpu())
            text = (weights > 0) & ~answers
            loss.append(((losses * text).sum(-1) / text.sum(-1).clamp(min=1)).cpu())
        right = torch.cat(right).float().numpy()
        loss = torch.cat(loss).float().numpy()
        for number, task in enumerate(description["tasks"]):
            mine = tasks == number
            if mine.any():
                result[f"{task}-{length}"] = round(float(loss[mine].mean() if task == "text" else right[mine].mean()), 4)
    return result


def tensors_of(model):
    """Parameters by their names in a checkpoint."""
    names = dict(
        attention_norm="input_layernorm", query="self_attn.q_proj", key="self_attn.k_proj", value="self_attn.v_proj",
        output="self_attn.o_proj", feed_forward_norm="post_attention_layernorm", gate="mlp.gate_proj", up="mlp.up_proj",
        down="mlp.down_proj",
    )
    tensors = {"model.embed_tokens.weight": model.embedding}
    for number, layer in enumerate(model.blocks):
        for name, target in names.items():
            tensors[f"model.layers.{number}.{target}.weight"] = layer[name]
    tensors["model.norm.weight"] = model.tail["final_norm"]
    tensors["lm_head.weight"] = model.tail["classifier"]
    return tensors


@torch.no_grad()
def load(model, folder, corpus):
    """Reads what save wrote. A tokenizer that is not the corpus's would give the tokens other meanings."""
    if (folder / "tokenizer.json").read_bytes() != (corpus / "tokenizer.json").read_bytes():
        raise SystemExit(f"The tokenizer of {folder} is not that of {corpus}: write the corpus with the seed that the checkpoint was trained with.")
    data = (folder / "model.safetensors").read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    for name, tensor in tensors_of(model).items():
        entry = header[name]
        if entry["dtype"] != "F16" or entry["shape"] != list(tensor.shape):
            raise SystemExit(f"{name} is {entry['dtype']} {entry['shape']} in {folder}; this trainer's model has F16 {list(tensor.shape)}.")
        begin, end = (start + offset for offset in entry["data_offsets"])
        tensor.copy_(torch.from_numpy(np.frombuffer(data[begin:end], dtype="<f2").astype(np.float32)).view_as(tensor))


def save(model, out, corpus, vocabulary):
    """config.json, model.safetensors in half precision, and the tokenizer."""
    c = CONFIG
    header, parts, end = {"__metadata__": {"format": "pt"}}, [], 0
    for name, tensor in tensors_of(model).items():
        limit = LIMITS[tensor.ndim]
        part = tensor.detach().clamp(-limit, limit).to("cpu", torch.float16).contiguous().numpy().astype("<f2").tobytes()
        header[name] = {"dtype": "F16", "shape": list(tensor.shape), "data_offsets": [end, end + len(part)]}
        parts.append(part)
        end += len(part)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    out.mkdir(parents=True, exist_ok=True)
    (out / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))
    config = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "torch_dtype": "float16",
        "hidden_size": c["dim"], "intermediate_size": c["hidden"], "num_hidden_layers": c["layers"],
        "num_attention_heads": c["heads"], "num_key_value_heads": c["groups"], "max_position_embeddings": c["context"],
        "rope_theta": c["theta"], "rms_norm_eps": c["epsilon"], "vocab_size": vocabulary, "bos_token_id": 0, "eos_token_id": 1,
        "tie_word_embeddings": False,
    }
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (out / "tokenizer.json").write_bytes((corpus / "tokenizer.json").read_bytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--from", type=Path, dest="checkpoint", help="the folder of a checkpoint to go on with")
    parser.add_argument("--steps", type=int, default=30500)
    parser.add_argument("--deadline", type=float, default=math.inf, help="seconds after which training has ended")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--eager", action="store_true", help="do not compile")
    options = parser.parse_args()
    began = time.time()
    torch.manual_seed(options.seed)
    torch.set_float32_matmul_precision("high")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    description = json.loads((options.corpus / "corpus.json").read_text())
    lengths = description["lengths"]
    documents = {n: Documents(rows_of(options.corpus, "train", n), description, device) for n in lengths}
    print("documents", {n: len(d) for n, d in documents.items()}, f"{time.time() - began:.0f} s", flush=True)
    model = Llama(description["vocabulary"], compiled=not options.eager).to(device)
    if options.checkpoint:
        load(model, options.checkpoint, options.corpus)
    print("parameters", sum(p.numel() for p in model.parameters()), flush=True)
    matrices = [p for layer in model.blocks for p in layer.values() if p.ndim == 2]
    known = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in known]
    optimizer = torch.optim.AdamW(
        [dict(params=matrices, weight_decay=0.1), dict(params=others, weight_decay=0.0)],
        lr=options.rate, betas=(0.9, 0.98), eps=1e-9, fused=device == "cuda",
    )
    random = np.random.default_rng(options.seed)
    orders = {n: torch.randperm(len(documents[n])) for n in lengths}
    places = {n: 0 for n in lengths}
    log = []
    for step in range(options.steps + 1):
        progress = max(step / options.steps, (time.time() - began) / options.deadline)
        if progress >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = schedule(step, progress, options.rate)
        length = int(random.choice(lengths, p=shares_at(progress, options.checkpoint is not None)))
        count = min(TOKENS // length, len(documents[length]))
        if places[length] + count > len(documents[length]):
            orders[length] = torch.randperm(len(documents[length]))
            places[length] = 0
        index = orders[length][places[length] : places[length] + count].to(device)
        places[length] += count
        tokens, targets, weights, answers = documents[length].batch(index)
        loss, outside, losses, hits = model(tokens, targets, weights)
        (loss + 10 * outside).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if step % 200 == 0:
            text = (weights > 0) & ~answers
            line = dict(
                step=step, seconds=round(time.time() - began, 1), length=length, progress=round(progress, 3),
                text=round(float((losses * text).sum() / text.sum()), 4),
                answers=round(float((losses * answers).sum() / answers.sum().clamp(min=1)), 4),
                right=round(float((hits & answers).sum() / answers.sum().clamp(min=1)), 4), outside=float(f"{float(outside):.2g}"),
            )
            log.append(line)
            print(json.dumps(line), flush=True)
        if step % 4000 == 3999:
            save(model, options.out, options.corpus, description["vocabulary"])
            print(json.dumps(validate(model, options.corpus, description, device)), flush=True)
    save(model, options.out, options.corpus, description["vocabulary"])
    # What ships is in half precision, and so is what is measured.
    with torch.no_grad():
        for parameter in model.parameters():
            limit = LIMITS[parameter.ndim]
            parameter.copy_(parameter.clamp(-limit, limit).half().float())
    result = validate(model, options.corpus, description, device)
    print(json.dumps(result), flush=True)
    (options.out / "training.json").write_text(json.dumps(dict(steps=step, seconds=time.time() - began, log=log, validation=result)) + "\n")


if __name__ == "__main__":
    main()
