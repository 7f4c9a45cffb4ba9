"""A code of the task from a context, learned by contrast: contexts of one task alike, of two tasks not."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.agents.conditioned import CONDITIONED_PPO, QUICK_CONDITIONED_PPO
from hgmrl_lite.agents.policy import check_layers
from hgmrl_lite.agents.ppo import PPOSettings, layer_arrays, layers_of, torch_by_itself
from hgmrl_lite.transitions import Transitions


@dataclass(frozen=True)
class CCMSettings:
    """What the CCM agent is trained with.

    What makes it work: contexts long enough for the random walks in them to go in all directions (from 20
    transitions the code errs by 25 degrees and more, from 800 by less than 10); codes at length 1; and a
    policy that is trained on codes of transitions that the encoder has not met.

    Parameters
    ----------
    context_size : int
        Transitions of a context, in training and on a new task.
    code_dim : int
        Dimension of the code.
    hidden : tuple of int
        Widths of the encoder's layers.
    encoder_steps, pairs : int
        Steps of Adam, and pairs of contexts of each task in a step.
    sample_size : int
        Transitions of each context that a step looks at, drawn at random: neighbours on a path are so alike
        that a few tell nearly what all do, in a fraction of the time.
    learning_rate : float
        Adam's, for the encoder, at the start; it falls linearly to zero.
    temperature : float
        The τ of InfoNCE.
    transitions : int
        Random-policy transitions of each training task. The encoder learns from the first half; the policy
        sees codes of the second half, whose spread is that of contexts the encoder has not met.
    codes : int
        Contexts of each task that are drawn for the policy's training; every episode begins with one of them.
    ppo : PPOSettings
        The settings of the conditioned policy's training.

    Raises
    ------
    ValueError
        When a count is below 1, or the learning rate or temperature is not above 0.
    """

    context_size: int = 800
    code_dim: int = 8
    hidden: tuple[int, ...] = (64, 64)
    encoder_steps: int = 600
    pairs: int = 3
    sample_size: int = 50
    learning_rate: float = 5e-3
    temperature: float = 0.2
    transitions: int = 20_000
    codes: int = 256
    ppo: PPOSettings = CONDITIONED_PPO

    def __post_init__(self) -> None:
        counts = ("context_size", "code_dim", "encoder_steps", "pairs", "sample_size", "transitions", "codes")
        for name in counts:
            as_count(name, getattr(self, name))
        for index, width in enumerate(self.hidden):
            as_count(f"hidden[{index}]", width)
        for name in ("learning_rate", "temperature"):
            if float(as_array(name, getattr(self, name), ())) <= 0.0:
                raise ValueError(f"{name} must be above 0, got {getattr(self, name)}")

    @classmethod
    def quick(cls) -> "CCMSettings":
        """Return settings that train in a third of the time, for a lesson."""
        return cls(encoder_steps=250, pairs=2, ppo=QUICK_CONDITIONED_PPO)


@dataclass(frozen=True, eq=False)
class ContextEncoder:
    """The code c = u / ‖u‖ with u the mean over the context of a network of (s, a, r, s').

    It does not depend on the order of the transitions.

    Parameters
    ----------
    mean, scale : ndarray, shape (2n + m + 1,)
        What is subtracted from a transition's numbers, and what they are then divided by.
    weights : tuple of ndarray
        One (out, in) matrix a layer; max(x, 0) between the layers, none after the last.
    biases : tuple of ndarray
        One (out,) vector a layer.

    Raises
    ------
    ValueError
        When the arrays do not fit together.
    """

    mean: Array
    scale: Array
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]

    def __post_init__(self) -> None:
        width = len(as_array("mean", self.mean, ("features",)))
        if not (as_array("scale", self.scale, (width,)) > 0.0).all():
            raise ValueError(f"scale must be above 0, got a smallest entry of {self.scale.min()}")
        check_layers(self.weights, self.biases, width)

    @property
    def code_dim(self) -> int:
        """Dimension d of the code."""
        return len(self.biases[-1])

    def embed(self, features: Array) -> Array:
        """Return the network's output (..., d) for transitions (..., 2n + m + 1)."""
        if features.shape[-1] != len(self.mean):
            raise ValueError(
                f"a transition must have {len(self.mean)} numbers (s, a, r, s'), got {features.shape[-1]}"
            )
        hidden = (features - self.mean) / self.scale
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = np.maximum(hidden @ weight.T + bias, 0.0)
        return hidden @ self.weights[-1].T + self.biases[-1]

    def __call__(self, context: Transitions) -> Array:
        """Return the code (d,) of a context."""
        return unit(self.embed(transition_features(context)).mean(axis=0))

    def __repr__(self) -> str:
        """Tell the sizes."""
        return f"ContextEncoder({len(self.mean)} numbers a transition, code of dimension {self.code_dim})"


def transition_features(transitions: Transitions) -> Array:
    """Return (s, a, r, s') of each transition, shape (N, 2n + m + 1)."""
    return np.hstack(
        [transitions.states, transitions.actions, transitions.rewards[:, None], transitions.next_states]
    )


def unit(vectors: Array) -> Array:
    """Return vectors (..., d) at length 1."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.finfo(float).tiny))


class ContextPool:
    """Exploration of one task, from which contexts are drawn: its episodes shuffled, then cut.

    Episodes are independent, so that a context of episodes in any order has the law of one that was explored
    in one go from a start state.

    Parameters
    ----------
    transitions : Transitions
        Exploration of the task, in order.
    size : int
        Transitions of a context.

    Raises
    ------
    ValueError
        When there are too few whole episodes for one context.
    """

    def __init__(self, transitions: Transitions, size: int) -> None:
        self.features = transition_features(transitions)
        begins = np.ones(len(transitions) + 1, dtype=bool)
        begins[1:-1] = (transitions.states[1:] != transitions.next_states[:-1]).any(axis=1)
        edges = np.flatnonzero(begins)
        # The last episode was cut short by the end of the exploration.
        self._first, self._lengths = edges[:-2], np.diff(edges)[:-1]
        self._size = size
        if self._lengths.sum() < size:
            raise ValueError(
                f"exploration must hold whole episodes of {size} transitions or more, "
                f"got {self._lengths.sum()} in {len(self._lengths)}"
            )

    def draw(self, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
        """Return which transitions make ``count`` contexts, shape (count, size)."""
        contexts: list[NDArray[np.intp]] = []
        while len(contexts) < count:
            order = rng.permutation(len(self._first))
            lengths = self._lengths[order]
            ends = np.cumsum(lengths)
            # The transitions of the shuffled episodes, end to end.
            rows = np.arange(ends[-1]) + np.repeat(self._first[order] - (ends - lengths), lengths)
            begin = 0
            while begin + self._size <= len(rows) and len(contexts) < count:
                contexts.append(rows[begin : begin + self._size])
                # The next context begins with an episode, as every exploration does.
                end = np.searchsorted(ends, begin + self._size)
                begin = int(ends[end]) if end < len(ends) else len(rows)
        return np.stack(contexts)


def train_encoder(
    tasks: Sequence[Transitions], settings: CCMSettings, *, seed: int, progress: bool = True
) -> ContextEncoder:
    """Train an encoder so that two contexts of one task are closer than those of different tasks.

    The loss is InfoNCE (van den Oord, Li and Vinyals, 2018): the codes of two contexts of task i are c_i and
    c'_i, and the loss is the mean over i of −log(exp(c_i·c'_i / τ) / Σ_j exp(c_i·c'_j / τ)).

    Parameters
    ----------
    tasks : sequence of Transitions
        Exploration of each training task, two at least.
    settings : CCMSettings
        The settings of the training.
    seed : int
        Seed of the network and of the contexts.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    ContextEncoder

    Raises
    ------
    ValueError
        When there are fewer than two tasks, or one has too few transitions for a context.
    """
    if len(tasks) < 2:
        raise ValueError(f"tasks must hold at least two tasks to tell apart, got {len(tasks)}")
    # Slow to import, and not needed when the encoder is cached.
    import torch

    pools = [ContextPool(task, settings.context_size) for task in tasks]
    every = np.concatenate([pool.features for pool in pools])
    mean, scale = every.mean(axis=0), every.std(axis=0)
    rng = np.random.default_rng(seed)
    pairs, steps = settings.pairs, settings.encoder_steps
    right = torch.arange(len(pools)).repeat(pairs)
    data = [torch.as_tensor((pool.features - mean) / scale, dtype=torch.float32) for pool in pools]
    with torch_by_itself(seed):
        widths = (len(mean), *settings.hidden, settings.code_dim)
        linear = [torch.nn.Linear(inner, out) for inner, out in pairwise(widths)]
        layers: list[torch.nn.Module] = [linear[0]]
        for layer in linear[1:]:
            layers += [torch.nn.ReLU(), layer]
        network = torch.nn.Sequential(*layers)
        optimiser = torch.optim.Adam(network.parameters(), lr=settings.learning_rate)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1.0 - step / steps)
        for _ in tqdm(range(steps), desc="context encoder", unit="step", disable=not progress):
            chosen = rng.integers(settings.context_size, size=(2 * pairs, settings.sample_size))
            batch = torch.stack(
                [
                    values[torch.as_tensor(np.take_along_axis(pool.draw(2 * pairs, rng), chosen, axis=1))]
                    for values, pool in zip(data, pools, strict=True)
                ]
            )
            # (tasks, 2 pairs, sample, features) to codes (tasks, 2 pairs, d).
            codes = torch.nn.functional.normalize(network(batch).mean(dim=2), dim=-1)
            one, other = codes[:, :pairs].transpose(0, 1), codes[:, pairs:].transpose(0, 1)
            similarity = one @ other.transpose(1, 2) / settings.temperature
            loss = torch.nn.functional.cross_entropy(similarity.flatten(0, 1), right)
            optimiser.zero_grad()
            # torch states no types for it.
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return ContextEncoder(mean, scale, *layers_of(layer_arrays(linear)))
