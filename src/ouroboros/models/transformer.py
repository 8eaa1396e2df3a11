"""The body that a genome describes: a small causal transformer over packed rows.

All layers' matrices of one kind are one stacked parameter, (layers, out, in), so that the
optimiser orthogonalises them in one batched product. Shapes: N packed tokens, B rows, T tokens a
row, H heads, K channels a head, D width.

    model = Transformer(genome, seed=0)
    logits = model(packed)          # (M, vocabulary), one row per completion token
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ouroboros.kernels import attention, causal_shift, gather_bias, relu_squared, rms_norm
from ouroboros.models.genome import Genome
from ouroboros.models.packing import Group, Packed, bucket_sizes
from ouroboros.models.tokenizer import Tokenizer

BIAS_SCALE = 8.0  # lets a table move far within a few hundred steps of a small learning rate
MASK = -1e9


class Transformer(nn.Module):
    """Parameters of a genome's body; the same seed gives the same weights."""

    def __init__(self, genome: Genome, *, seed: int = 0) -> None:
        """Draw the weights from a generator seeded with `seed`."""
        super().__init__()
        self.genome = genome
        self.tokenizer = Tokenizer(alphabet=genome.alphabet, families=genome.families)
        self.classes = torch.from_numpy(self.tokenizer.classes)
        L, D, H = genome.layers, genome.width, genome.heads
        hidden = genome.mlp_width
        rng = torch.Generator().manual_seed(seed)

        def normal(*shape: int, std: float) -> nn.Parameter:
            return nn.Parameter(torch.randn(*shape, generator=rng) * std)

        self.embedding = normal(self.tokenizer.size, D, std=1.0)
        self.qkv = normal(L, 3 * D, D, std=D**-0.5)
        self.out = nn.Parameter(torch.zeros(L, D, D))
        self.up = normal(L, hidden * (2 if genome.mlp == "swiglu" else 1), D, std=D**-0.5)
        self.down = nn.Parameter(torch.zeros(L, D, hidden))
        self.head = normal(self.tokenizer.size, D, std=0.02)
        if genome.qk_norm:
            self.gain = nn.Parameter(torch.ones(L, H))
        if genome.norm == "layer":
            self.norm_gain = nn.Parameter(torch.ones(2 * L + 1, D))
        if genome.convolution:
            self.convolution = nn.Parameter(torch.zeros(L, genome.convolution, D))
        if genome.position == "relative":
            for term, size in bucket_sizes(genome).items():
                table = torch.zeros(L * H, size)
                if term.startswith("run_"):
                    table[:, [0, 2 * genome.window]] = -genome.far_bias
                setattr(self, f"bias_{term}", nn.Parameter(table))
        elif genome.position in ("learned", "index_offset"):
            self.positions = normal(genome.max_position, D, std=0.02)

    def matrix_names(self) -> tuple[str, ...]:
        """Parameters that Muon updates; the rest is AdamW's."""
        return ("qkv", "out", "up", "down")

    def bias_table(self) -> Tensor:
        """(L * H, buckets + 1): the sum of the genome's tables per joint bucket, mask last."""
        LH = self.genome.layers * self.genome.heads
        table = torch.zeros(LH, 1)
        for term in bucket_sizes(self.genome):
            part = getattr(self, f"bias_{term}")
            table = (table.unsqueeze(2) + part.unsqueeze(1)).flatten(1)
        return torch.cat([table * BIAS_SCALE, torch.full((LH, 1), MASK)], dim=1)

    def embed(self, tokens: Tensor, position: Tensor, run_index: Tensor, offset: int = 0) -> Tensor:
        """(N,) ids -> (N, D), with the position added where the genome's scheme is absolute."""
        x = F.embedding(tokens, self.embedding)
        if self.genome.position == "learned":
            x = x + F.embedding(position.clamp_max(self.genome.max_position - 1), self.positions)
        elif self.genome.position == "index_offset":
            index = torch.where(run_index > 0, run_index + offset, 0)
            x = x + F.embedding(index.clamp_max(self.genome.max_position - 1), self.positions)
        return self.norm(x, -1)

    def norm(self, x: Tensor, which: int) -> Tensor:
        """The genome's norm number `which` over the last axis."""
        if self.genome.norm == "layer":
            return F.layer_norm(x, x.shape[-1:]) * self.norm_gain[which]
        return rms_norm(x)

    def heads(self, z: Tensor, layer: int) -> tuple[Tensor, Tensor, Tensor]:
        """(N, D) -> queries, keys, values (N, H, K); queries carry the softmax scale."""
        genome = self.genome
        q, k, v = (
            F.linear(z, self.qkv[layer]).view(-1, 3, genome.heads, genome.head_width).unbind(1)
        )
        if not genome.qk_norm:
            return q * (genome.head_width**-0.5), k, v
        scale = self.gain[layer].unsqueeze(1) * (genome.qk_gain / math.sqrt(genome.head_width))
        return rms_norm(q) * scale, rms_norm(k), v

    def mlp(self, z: Tensor, layer: int) -> Tensor:
        """(N, D) -> (N, D)."""
        h = F.linear(z, self.up[layer])
        if self.genome.mlp == "relu2":
            h = relu_squared(h)
        elif self.genome.mlp == "gelu":
            h = F.gelu(h)
        else:
            gate, h = h.chunk(2, dim=-1)
            h = F.silu(gate) * h
        return F.linear(h, self.down[layer])

    def rotate(self, x: Tensor, position: Tensor) -> Tensor:
        """Rotary embedding (Su et al. 2021) of (N, H, K) at positions (N,)."""
        half = x.shape[-1] // 2
        frequency = 10000.0 ** (-torch.arange(half) / half)
        angle = (position.unsqueeze(1) * frequency).unsqueeze(1)  # (N, 1, K/2)
        a, b = x[..., :half], x[..., half : 2 * half]
        cos, sin = angle.cos(), angle.sin()
        return torch.cat([a * cos - b * sin, a * sin + b * cos, x[..., 2 * half :]], dim=-1)

    def forward(self, packed: Packed, *, offset: int = 0) -> Tensor:
        """Logits (M, vocabulary) at the packed batch's target positions."""
        hidden, _ = self.hidden(packed, offset=offset)
        return F.linear(hidden[packed.target_index], self.head)

    def hidden(
        self, packed: Packed, *, offset: int = 0, keep: bool = False
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor, Tensor]]]:
        """Final hidden states (N, D); if `keep`, each layer's convolution input, keys, values."""
        genome, kept = self.genome, []
        injected = self.embed(packed.tokens, packed.position, packed.run_index, offset)
        biases = self._biases(packed)
        x = injected
        for loop in range(genome.loops):
            if loop and genome.input_injection:
                x = x + injected
            for layer in range(genome.layers):
                z = self.norm(x, 2 * layer)
                mixed = self._convolve(z, packed.position, layer)
                q, k, v = self.heads(mixed, layer)
                if genome.position == "rope":
                    q, k = self.rotate(q, packed.position), self.rotate(k, packed.position)
                if keep:
                    kept.append((z, k, v))
                x = x + F.linear(self._attend(q, k, v, packed, biases, layer), self.out[layer])
                x = x + self.mlp(self.norm(x, 2 * layer + 1), layer)
        return self.norm(x, -1), kept

    def _convolve(self, z: Tensor, position: Tensor, layer: int) -> Tensor:
        mixed = z
        for tap in range(self.genome.convolution):
            mixed = mixed + causal_shift(z, position, tap + 1) * self.convolution[layer, tap]
        return mixed

    def _biases(self, packed: Packed) -> list[Tensor]:
        """Per group (L * H, P, T, T), P its patterns: the learned bias, or the causal mask."""
        groups = packed.groups
        if packed.buckets is None:
            LH = self.genome.layers * self.genome.heads
            masks = [torch.full((g.length, g.length), MASK).triu_(1) for g in groups]
            return [mask.expand(LH, 1, -1, -1) for mask in masks]
        flat = gather_bias(self.bias_table(), packed.buckets)
        parts = flat.split([g.pairs for g in groups], dim=1)
        return [
            part.view(-1, g.patterns, g.length, g.length)
            for part, g in zip(parts, groups, strict=True)
        ]

    def _attend(
        self, q: Tensor, k: Tensor, v: Tensor, packed: Packed, biases: list[Tensor], layer: int
    ) -> Tensor:
        """Attention of every group; (N, H, K) three times -> (N, D)."""
        H, K = self.genome.heads, self.genome.head_width
        sizes = [group.tokens for group in packed.groups]
        outputs = []
        for i, parts in enumerate(zip(q.split(sizes), k.split(sizes), v.split(sizes), strict=True)):
            group, bias = packed.groups[i], biases[i][layer * H : (layer + 1) * H]
            query, key, value = (_by_head(x, group) for x in parts)
            y = attention(query, key, value, bias)
            y = y.view(H, group.rows, group.length, K).permute(1, 2, 0, 3)
            outputs.append(y.reshape(-1, H * K))
        return torch.cat(outputs) if len(outputs) > 1 else outputs[0]


def _by_head(x: Tensor, group: Group) -> Tensor:
    """(B * T, H, K) -> (H * B, T, K)."""
    _, H, K = x.shape
    return x.view(group.rows, group.length, H, K).permute(2, 0, 1, 3).reshape(-1, group.length, K)


def parameter_count(genome: Genome) -> int:
    """Trainable numbers of the genome's body."""
    return sum(p.numel() for p in Transformer(genome).parameters())
