"""The optimiser: Muon for the stacked matrices, AdamW for everything else, an average for the exam.

Muon (Jordan et al. 2024) orthogonalises the momentum of each matrix; all matrices of one shape go
through one batched float32 Newton-Schulz. The average is an exponential one with a ramp,
min(decay, (t + 1) / (t + 10)).

Not covered: weight decay (none is used) and gradients in half precision.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from ouroboros.kernels import newton_schulz
from ouroboros.models.transformer import Transformer


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerConfig:
    """Rates of both optimisers and of the average."""

    muon_lr: float = 0.02
    """per step, times sqrt(max(1, rows / columns))"""
    muon_momentum: float = 0.95
    adam_lr: float = 0.008
    adam_betas: tuple[float, float] = (0.9, 0.95)
    average: float = 0.98


class Optimizer:
    """Updates a model in place and keeps `average`, its smoothed weights by name."""

    def __init__(self, model: Transformer, config: OptimizerConfig) -> None:
        """Start with empty momenta; the average starts at the model's weights."""
        self.config = config
        self.count = 0
        named = dict(model.named_parameters())
        self._all = list(named.values())
        self._matrices = {name: named[name] for name in model.matrix_names()}
        rest = [p for name, p in named.items() if name not in self._matrices]
        self._momentum = {n: torch.zeros_like(p) for n, p in self._matrices.items()}
        self._adam = torch.optim.AdamW(
            rest, lr=config.adam_lr, betas=config.adam_betas, weight_decay=0.0, foreach=True
        )
        self.average = {n: p.detach().clone() for n, p in named.items()}

    def step(self, scale: float) -> None:
        """One update from the gradients in place, both learning rates times `scale`."""
        for group in self._adam.param_groups:
            group["lr"] = self.config.adam_lr * scale
        self._adam.step()
        with torch.no_grad():
            self._muon(self.config.muon_lr * scale)
            decay = min(self.config.average, (self.count + 1) / (self.count + 10))
            for smoothed, p in zip(self.average.values(), self._all, strict=True):
                smoothed.lerp_(p, 1 - decay)
            for p in self._all:
                p.grad = None
        self.count += 1

    def _muon(self, lr: float) -> None:
        stacks: dict[tuple[int, ...], list[tuple[Tensor, Tensor, bool]]] = {}
        for name, p in self._matrices.items():
            if p.grad is None:
                continue
            momentum = self._momentum[name]
            momentum.mul_(self.config.muon_momentum).add_(p.grad)
            update = p.grad.add(momentum, alpha=self.config.muon_momentum)
            # the query, key and value maps are three matrices, not one
            shape = (-1, p.shape[2], p.shape[2]) if name == "qkv" else p.shape
            target, update = p.view(shape), update.view(shape)
            wide = target.shape[1] < target.shape[2]
            update = update.transpose(1, 2) if wide else update
            stacks.setdefault(tuple(update.shape[1:]), []).append((target, update, wide))
        for (rows, columns), members in stacks.items():
            matrices = newton_schulz(torch.cat([update for _, update, _ in members]))
            parts = matrices.split([len(update) for _, update, _ in members])
            for (target, _, wide), part in zip(members, parts, strict=True):
                rate = lr if wide else lr * max(1.0, rows / columns) ** 0.5
                target.sub_(part.transpose(1, 2) if wide else part, alpha=rate)

    def state(self) -> dict[str, Tensor]:
        """Everything needed to go on, by name; `load` takes it back."""
        tensors = {f"average.{n}": t for n, t in self.average.items()}
        tensors |= {f"momentum.{n}": t for n, t in self._momentum.items()}
        for i, entry in self._adam.state_dict()["state"].items():
            tensors |= {f"adam.{i}.{k}": v for k, v in entry.items()}
        return tensors | {"count": torch.tensor(self.count)}

    def load(self, tensors: dict[str, Tensor]) -> None:
        """Take over a `state`."""
        self.count = int(tensors["count"])
        adam: dict[int, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            kind, _, rest = name.partition(".")
            if kind == "average":
                self.average[rest].copy_(tensor)
            elif kind == "momentum":
                self._momentum[rest].copy_(tensor)
            elif kind == "adam":
                index, _, key = rest.partition(".")
                adam.setdefault(int(index), {})[key] = tensor.clone()
        if adam:
            state = self._adam.state_dict()
            self._adam.load_state_dict({**state, "state": adam})
