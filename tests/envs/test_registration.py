"""Registration with Gymnasium, seen from a fresh interpreter."""

import subprocess
import sys

import pytest

PRELUDE = "import sys, warnings; warnings.simplefilter('error'); import gymnasium; "
HEAVY = (
    "assert not {'torch', 'matplotlib', 'stable_baselines3', 'plotly'} & set(sys.modules), 'heavy import'; "
)


ENV_ID = "'hgmrl_lite/PointNavigation-v0'"
MAKE = f"gymnasium.make({ENV_ID}, goal=(1, 0)).reset(seed=0)"
REGISTER = "from hgmrl_lite import register_envs; register_envs(); "


@pytest.mark.parametrize(
    "program",
    [
        # Gymnasium imports the module that an identifier names.
        MAKE.replace("hgmrl_lite/", "hgmrl_lite.envs:hgmrl_lite/"),
        "import hgmrl_lite.envs; " + MAKE,
        f"import hgmrl_lite.envs; envs = gymnasium.make_vec({ENV_ID}, 3, goal=(1, 0)); "
        "assert type(envs).__name__ == 'TaskVectorEnv'; envs.reset(seed=0)",
        # Registered by hand first, then by the import: once, without Gymnasium's warning of an override.
        REGISTER + REGISTER + "import hgmrl_lite.envs; " + MAKE,
        REGISTER + "assert 'hgmrl_lite.envs' not in sys.modules; " + MAKE,
    ],
)
def test_in_a_fresh_interpreter(program):
    run = subprocess.run(
        [sys.executable, "-c", PRELUDE + program + "; " + HEAVY],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
