import numpy as np
import pytest
from regret_standin import standin_result

from hgmrl_lite._looks import look
from hgmrl_lite.experiments import published
from hgmrl_lite.plots.style import LOOKS
from hgmrl_lite.widgets import RegretExplorer
from hgmrl_lite.widgets.regret_explorer import goal_indices, regret_at


@pytest.fixture
def explorer():
    return RegretExplorer(standin_result())


def unpack(widget):
    return {
        name: np.frombuffer(
            widget.array_data, "<f8", int(np.prod(place["shape"])), 8 * place["offset"]
        ).reshape(place["shape"])
        for name, place in widget.array_index.items()
    }


def test_arrays_hold_the_result_s_means_and_intervals(explorer):
    arrays, result = unpack(explorer), standin_result()
    for row, agent in enumerate(result.agents[:3]):
        np.testing.assert_allclose(arrays["mean"][row], agent.regret.mean(axis=(0, 2, 3)), rtol=1e-12)
        np.testing.assert_array_equal(arrays["success"][row], agent.success.mean(axis=(0, 2, 3)))
        assert arrays["all_goals"][row, 0] == pytest.approx(agent.regret.mean())
    # Three context draws have an interval, a single run has none.
    np.testing.assert_array_equal(arrays["interval"], [1, 0, 0, 0])
    np.testing.assert_array_equal(arrays["low"][0], result["geometric"].by_task.low)
    assert (arrays["high"][0] > arrays["mean"][0]).any()
    np.testing.assert_array_equal(arrays["low"][1], arrays["mean"][1])


def test_an_agent_of_some_goals_is_absent_on_the_others(explorer):
    arrays = unpack(explorer)
    np.testing.assert_array_equal(arrays["present"][:3], 1)
    np.testing.assert_array_equal(np.flatnonzero(arrays["present"][3]), [0, 4, 8])
    assert arrays["path_lengths"][3, 1].sum() == 0 < arrays["path_lengths"][3, 4].sum()
    assert regret_at(standin_result()["trained on the test task"], standin_result().goals[1]) is None


def test_episodes_are_packed_goal_by_task_in_the_order_of_the_goals(explorer):
    arrays, result = unpack(explorer), standin_result()
    ends = np.concatenate([[0], np.cumsum(arrays["path_lengths"].ravel())]).astype(int)
    assert ends[-1] == len(arrays["path_points"])
    for row, agent in enumerate(result.agents):
        for position, goal in enumerate(goal_indices(result.goals, agent.tasks)):
            for episode in range(4):
                at = np.ravel_multi_index((row, goal, episode), arrays["path_lengths"].shape)
                path = agent.paths[position, episode]
                np.testing.assert_array_equal(
                    arrays["path_points"][ends[at] : ends[at + 1]], path[np.isfinite(path[:, 0])]
                )


def test_goals_are_found_wherever_they_stand():
    goals = standin_result().goals
    np.testing.assert_array_equal(goal_indices(goals, goals[[7, 0, 3]]), [7, 0, 3])
    with pytest.raises(ValueError, match="must be among the test goals"):
        goal_indices(goals, np.array([[0.3, 0.3]]))


def test_it_starts_at_the_farthest_goal_with_every_agent(explorer):
    result = standin_result()
    assert explorer.focus == np.argmax(result.distances())
    assert explorer.chosen == list(result.names)


def test_published_points_travel_with_their_differences(explorer):
    arrays, points = unpack(explorer), published()
    np.testing.assert_array_equal(
        arrays["published_regret"], [points.regret["CCM"], points.regret["geometric"]]
    )
    np.testing.assert_array_equal(arrays["published_distance"], points.distance)
    assert "other training goals" in explorer.settings["differences"]
    assert explorer.settings["caption"] == standin_result().caption()


def test_the_frame_holds_all_that_is_drawn(explorer):
    arrays, frame = unpack(explorer), explorer.settings["range"]
    assert frame["bottom"] <= min(0.0, arrays["low"].min())
    assert frame["top"] >= max(200.0, arrays["high"].max())


def test_each_agent_has_a_look_of_its_own():
    from hgmrl_lite.experiments import AGENTS

    looks = [look(name) for name in (*AGENTS, "something new")]
    assert len({one.colour for one in looks}) == len({one.marker for one in looks}) == len(looks)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"focus": 12}, r"focus must be one of the 12 test goals, got 12"),
        ({"focus": -1}, r"focus must be a whole number of at least 0, got -1"),
        ({"chosen": ["geometric", "magic"]}, r"chosen must name agents of geometric, .* got \['magic'\]"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        RegretExplorer(standin_result(), **options)


def test_bad_values_of_traits_are_refused(explorer):
    before = explorer.focus
    with pytest.raises(ValueError, match="focus must be one of the 12"):
        explorer.focus = 40
    with pytest.raises(ValueError, match="chosen must name agents"):
        explorer.chosen = ["CCM"]
    assert explorer.focus == before


class TestPicture:
    def test_words_follow_the_state(self, explorer):
        explorer.focus = 0
        first = repr(explorer)
        assert first.startswith(
            "RegretExplorer: regret of 4 agents on 12 test goals; in focus the goal at 0°, 18°"
        )
        assert f"base policy {standin_result()['base policy'].by_task.mean[0]:.2f}" in first
        explorer.chosen = ["nearest task"]
        assert "base policy" not in repr(explorer)
        explorer.chosen = []
        assert repr(explorer).endswith("no agent chosen")

    def test_picture_is_the_experiment_s_of_the_chosen_agents_and_is_small(self, explorer):
        def names():
            return {text.get_text() for text in explorer.figure().legends[0].get_texts()}

        whole = names()
        assert {"geometric", "base policy", "published: CCM"} <= whole
        picture = explorer.png()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) < 200_000
        explorer.chosen = ["geometric"]
        gone = {name.removesuffix(" (told the goal)") for name in whole - names()}
        assert gone == set(standin_result().names) - {"geometric"}
        explorer.chosen = []
        assert "published: CCM" in names()

    def test_mimebundle_keeps_the_live_view(self, explorer):
        data, _ = explorer._repr_mimebundle_()
        assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/plain", "image/png"}


def test_an_agent_has_one_colour_and_marker_in_figures_and_widgets(explorer):
    assert len(LOOKS) == 9
    for name, figure in LOOKS.items():
        mine = look(name)
        assert figure == (mine.colour, mine.marker)
        assert f".hgmrl-agent-{mine.kind} {{ --hgmrl-own: var(--hgmrl-{mine.kind}); }}" in explorer._css
        assert f"--hgmrl-{mine.kind}: {mine.colour};" in explorer._css
        # A widget draws each marker by its letter.
        assert f"{mine.marker}: " in explorer._esm or f'"{mine.marker}": ' in explorer._esm
    assert look("geometric agent") == look("geometric") != look("nobody")
    shown = {agent["name"]: (agent["kind"], agent["mark"]) for agent in explorer.settings["agents"]}
    assert shown == {name: (look(name).kind, look(name).marker) for name in shown}
