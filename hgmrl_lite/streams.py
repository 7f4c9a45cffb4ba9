"""The random numbers of one seed, split by purpose, so that no two purposes share any."""

from typing import Final

import numpy as np

from hgmrl_lite._validate import as_count

STREAMS: Final = {
    # The loop: exploration of the training tasks, contexts of new tasks, episodes of an evaluation.
    "explore": 1,
    "context": 2,
    "evaluate": 3,
    # The rivals: their own exploration, the encoder's training, and the contexts that a policy is trained on.
    "rival": 11,
    "encoder": 12,
    "rival contexts": 13,
}
"""The number of each purpose."""

EXPLORED: Final = (0,)
"""Which episodes of a seed an exploration meets; an evaluation with the same seed meets others."""
RANDOM_POLICY: Final = (1,)
"""Where an exploration's random policy has its numbers from, apart from the environment's."""


def stream_seed(seed: int, purpose: str, index: int = 0) -> int:
    """Return the seed for one purpose of a run.

    Parameters
    ----------
    seed : int
        The run's seed.
    purpose : str
        One of :data:`STREAMS`.
    index : int, optional
        Which of several that have the same purpose: the task's number, say.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        When there is no such purpose, or a number is no whole number of at least 0.
    """
    if purpose not in STREAMS:
        raise ValueError(f"purpose must be one of {', '.join(STREAMS)}, got {purpose!r}")
    words = [as_count("seed", seed, 0), STREAMS[purpose], as_count("index", index, 0)]
    return int(np.random.SeedSequence(words).generate_state(1)[0])


def episode_seeds(seed: int, episodes: int, stream: tuple[int, ...] = ()) -> list[int]:
    """Return the environment seeds of the first ``episodes`` episodes of one seed.

    Unlike k, k + 1, ... they make neighbouring seeds share no episode; fewer episodes are the first of more.

    Parameters
    ----------
    seed : int
        The seed.
    episodes : int
        How many.
    stream : tuple of int, optional
        Keeps apart what uses one seed for several purposes.

    Returns
    -------
    list of int

    Raises
    ------
    ValueError
        When ``seed`` is no whole number of at least 0.
    """
    sequence = np.random.SeedSequence(as_count("seed", seed, 0), spawn_key=stream)
    return [int(word) for word in sequence.generate_state(as_count("episodes", episodes), np.uint64)]
