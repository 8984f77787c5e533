"""Names are found by their forms, whoever else has some of the same."""

from pratique.naming.keys import keys_asked, spell
from pratique.store import name_forms


def test_no_number_of_scoped_names_hides_the_one_without_a_scope(c):
    scoped = [f"@a{number:03}/zebra-tools" for number in range(200)]
    name_forms.remember(c, 1, "npm", ["zebra-tools", *scoped])

    assert "zebra-tools" in name_forms.find(c, 1, "npm", keys_asked(spell("npm", "zebra_tools"), scoped=True))
