"""Names are found by their forms, whoever else has some of the same."""

from pratique.core.artifacts import Origin
from pratique.core.names import EcosystemId, ProjectKey
from pratique.naming.keys import keys_asked, spell
from pratique.store import accounts, name_forms, projects, ranked_names
from pratique.store.ranked_names import Ranked
from pratique.store.schema import membership
from tests.stores.implementations import NOW

FORMS = keys_asked(spell("npm", "zz_top"), scoped=True)


def alike(number):
    """The same letters with other delimiters."""
    gaps = [("", "-", "_", ".")[number >> 2 * gap & 3] for gap in range(4)]
    name = "".join(letter + gap for letter, gap in zip("zzto", gaps, strict=True)) + "p"
    return name if name != "zz-top" else "z.z.t.o.p"


def found_project(c, place, name, owner=None):
    key = ProjectKey(EcosystemId("npm"), name)
    made = projects.create(c, place, key, name, Origin.OWN, None, "members", NOW, twin=name)
    if owner is not None:
        c.execute(membership.insert().values(project_id=made.id, account_id=owner, role="owner"))
    name_forms.remember(c, place, "npm", [name])


def test_no_number_of_scoped_names_hides_the_one_without_a_scope(c):
    scoped = [f"@a{number:03}/zebra-tools" for number in range(200)]
    name_forms.remember(c, 1, "npm", ["zebra-tools", *scoped])

    assert "zebra-tools" in name_forms.find(c, 1, "npm", keys_asked(spell("npm", "zebra_tools"), scoped=True))


def test_names_that_come_later_hide_none_that_was_there_before(c, main):
    found_project(c, main.id, "zz-top")
    for number in range(name_forms.MOST_FOUND + 5):
        found_project(c, main.id, alike(number))

    assert "zz-top" in name_forms.find(c, main.id, "npm", FORMS)


def test_own_names_hide_no_others(c, main):
    me = accounts.create(c, "me", None, False, NOW).id
    for number in range(name_forms.MOST_FOUND + 5):
        found_project(c, main.id, alike(number), owner=me)
    found_project(c, main.id, "zz-top")

    assert name_forms.find(c, main.id, "npm", FORMS, me) == ("zz-top",)


def test_of_imported_names_the_popular_ones_come_first(c, main):
    name_forms.remember(c, name_forms.EVERYWHERE, "npm", ["zz-top", *map(alike, range(name_forms.MOST_FOUND + 5))])
    ranked_names.put_first(c, "npm", [Ranked("zz-top", 5)], 10)

    assert name_forms.find(c, main.id, "npm", FORMS)[0] == "zz-top"


def test_a_later_list_takes_no_rank_away(c):
    ranked_names.put_first(c, "npm", [Ranked("a", 1), Ranked("b", 2)], 3)
    kept = ranked_names.put_first(c, "npm", [Ranked("c", 3), Ranked("b", 4)], 3)

    assert kept == 3
    assert [one.name for one in ranked_names.all_of(c, "npm")] == ["c", "b", "a"]
