"""A cache of its own for the trainings of a test module, and settings that take a second or two."""

import pytest

from hgmrl_lite.agents import CCMSettings, PPOSettings

TINY_PPO = PPOSettings(num_envs=16, total_steps=2048, batch_size=256, n_epochs=4)


@pytest.fixture(scope="module")
def module_cache(tmp_path_factory):
    """Trainings of this module are cached together, and away from the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HGMRL_LITE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def tiny_ppo():
    return TINY_PPO


@pytest.fixture(scope="session")
def tiny_ccm():
    return CCMSettings(
        context_size=200,
        transitions=3000,
        code_dim=4,
        hidden=(32,),
        encoder_steps=60,
        pairs=4,
        codes=16,
        ppo=TINY_PPO,
    )
