"""Random streams: one table of purposes, none of which shares numbers with another."""

import pytest

from hgmrl_lite.streams import EXPLORED, STREAMS, episode_seeds, stream_seed


def test_episode_seeds():
    assert episode_seeds(5, 3) == episode_seeds(5, 10)[:3]
    seeds = [seed for start in range(20) for seed in episode_seeds(start, 50)]
    assert len(set(seeds)) == 1000
    assert not set(episode_seeds(0, 50)) & set(episode_seeds(0, 50, EXPLORED))


def test_purposes_seeds_and_indices_have_streams_of_their_own():
    assert len(set(STREAMS.values())) == len(STREAMS)
    seeds = {
        stream_seed(seed, purpose, index) for seed in range(3) for purpose in STREAMS for index in range(5)
    }
    assert len(seeds) == 3 * len(STREAMS) * 5
    # What was drawn from them stays what it was.
    assert stream_seed(0, "explore") == 3964924996
    assert stream_seed(3, "evaluate", 2) == 1631191312


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, "exploration"), "purpose must be one of explore, context.*got 'exploration'"),
        ((-1, "explore"), "seed must be a whole number of at least 0, got -1"),
        ((0, "explore", 1.5), "index must be a whole number of at least 0, got 1.5"),
    ],
)
def test_bad_streams(arguments, message):
    with pytest.raises(ValueError, match=message):
        stream_seed(*arguments)


def test_bad_episodes():
    with pytest.raises(ValueError, match="episodes must be a whole number of at least 1, got 0"):
        episode_seeds(0, 0)
