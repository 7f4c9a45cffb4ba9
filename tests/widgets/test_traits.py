"""Every trait of every widget: what NumPy offers is taken, None and what is no number are refused."""

import json

import numpy as np
import pytest
import traitlets
from regret_standin import standin_result
from standin import standin_agent

from hgmrl_lite import widgets
from hgmrl_lite.envs import navigation
from hgmrl_lite.widgets.base import HgmrlWidget
from hgmrl_lite.widgets.traits import Choice, Coordinates, Flag, Number, Whole

ARGUMENTS = {
    "GoalDrag": lambda: ((standin_agent(), navigation()), {}),
    "RegretExplorer": lambda: ((standin_result(),), {}),
}
CLASSES = {
    name: one
    for name in widgets.__all__
    if isinstance(one := getattr(widgets, name), type) and one is not HgmrlWidget
}
OWN = {
    (name, trait.name): type(trait)
    for name, one in CLASSES.items()
    for trait in one.class_traits(sync=True).values()
    if trait.this_class.__module__.startswith("hgmrl_lite") and trait.this_class is not HgmrlWidget
}
MADE = {}


def of_kind(*kinds):
    return [pytest.param(*place, id=".".join(place)) for place, kind in OWN.items() if kind in kinds]


def widget(name):
    """Return the widget, made once: each test sets what was there before."""
    if name not in MADE:
        arguments, options = ARGUMENTS.get(name, lambda: ((), {}))()
        MADE[name] = CLASSES[name](*arguments, **options)
    return MADE[name]


def refused(one, trait, value, message):
    before = getattr(one, trait)
    with pytest.raises((ValueError, traitlets.TraitError), match=message):
        setattr(one, trait, value)
    assert getattr(one, trait) == before


def test_no_widget_has_a_trait_that_lets_anything_pass():
    known = {Choice, Coordinates, Flag, Number, Whole, traitlets.Unicode, traitlets.List, traitlets.Dict}
    assert set(OWN.values()) <= known
    assert len(OWN) > 50
    assert len({name for name, _ in OWN}) == len(CLASSES)


@pytest.mark.parametrize(("name", "trait"), of_kind(*set(OWN.values())))
def test_none_is_refused(name, trait):
    refused(widget(name), trait, None, trait)


@pytest.mark.parametrize(("name", "trait"), of_kind(Number))
def test_numbers_of_every_type(name, trait):
    one = widget(name)
    before = getattr(one, trait)
    whole = (int, np.int64, np.uint8) if before >= 0 and before == round(before) else ()
    for kind in (np.float16, np.float32, np.float64, np.array, *whole):
        setattr(one, trait, kind(before))
        assert type(getattr(one, trait)) is float
        assert getattr(one, trait) == pytest.approx(before, rel=1e-3)
        json.dumps(one.get_state()[trait])
    setattr(one, trait, before)
    for wrong in ("1.5", np.nan, np.inf, 1j, [before, before], np.ma.masked):
        refused(one, trait, wrong, trait)


@pytest.mark.parametrize(("name", "trait"), of_kind(Whole))
def test_whole_numbers_of_every_type(name, trait):
    one = widget(name)
    before = getattr(one, trait)
    for kind in (np.int64, np.int32, np.uint16, np.array, int):
        setattr(one, trait, kind(before))
        assert type(getattr(one, trait)) is int
        assert getattr(one, trait) == before
    for wrong in (
        True,
        np.bool_(True),
        before + 0.5,
        float(before),
        np.float64(before),
        str(before),
        [before],
    ):
        refused(one, trait, wrong, trait)


@pytest.mark.parametrize(("name", "trait"), of_kind(Flag))
def test_flags_of_every_type(name, trait):
    one = widget(name)
    before = getattr(one, trait)
    setattr(one, trait, np.bool_(before))
    assert getattr(one, trait) is before
    for wrong in (int(before), np.int64(before), "yes"):
        refused(one, trait, wrong, trait)


@pytest.mark.parametrize(("name", "trait"), of_kind(Coordinates))
def test_coordinates_of_every_type(name, trait):
    one = widget(name)
    before = getattr(one, trait)
    for kind in (np.array, tuple, lambda values: np.array(values, dtype=np.float32), lambda values: values):
        setattr(one, trait, kind(before))
        assert type(getattr(one, trait)) is list
        np.testing.assert_allclose(getattr(one, trait), before, rtol=1e-6)
        json.dumps(one.get_state()[trait])
        setattr(one, trait, before)
    assert getattr(one, trait) == before
    whole = np.array(before)
    for wrong in (
        np.full(whole.shape, np.nan),
        whole * 1j,
        np.ma.array(whole, mask=True),
        whole[:-1],
        "here",
        1.0,
    ):
        refused(one, trait, wrong, trait)


@pytest.mark.parametrize("name", CLASSES)
def test_numpys_scalars_are_taken_at_the_start_as_well(name):
    arguments, options = ARGUMENTS.get(name, lambda: ((), {}))()
    kinds = {Number: np.float64, Whole: np.int64, Flag: np.bool_, Coordinates: np.array}
    takes = CLASSES[name].__init__.__kwdefaults__ or {}
    given = {
        trait: kinds[kind](getattr(widget(name), trait))
        for (owner, trait), kind in OWN.items()
        if owner == name and kind in kinds and trait in takes
    }
    made = CLASSES[name](*arguments, **options, **given)
    for trait, value in given.items():
        np.testing.assert_array_equal(getattr(made, trait), value)
