import pytest

from pratique.naming.corpus import read_shipped_lines
from pratique.naming.known_as import distribution_of, hint
from pratique.naming.popular import rank
from pratique.naming.spelling import canonical


@pytest.mark.parametrize(
    ("module", "distribution"),
    [("cv2", "opencv-python"), ("sklearn", "scikit-learn"), ("yaml", "pyyaml"), ("PIL", "pillow"),
     ("bs4", "beautifulsoup4"), ("dotenv", "python-dotenv"), ("jose", "python-jose"), ("jwt", "pyjwt"),
     ("serial", "pyserial"), ("usb", "pyusb"), ("OpenSSL", "pyopenssl"), ("Crypto", "pycryptodome"),
     ("google.protobuf", "protobuf"), ("attr", "attrs"), ("dateutil", "python-dateutil"), ("win32api", "pywin32"),
     ("rest-framework", "djangorestframework"), ("speech_recognition", "speechrecognition"), ("OpenGL", "pyopengl"),
     ("hamcrest", "pyhamcrest"), ("allauth", "django-allauth"), ("debug-toolbar", "django-debug-toolbar"),
     ("RPi", "rpi-gpio"), ("paho", "paho-mqtt")],
)  # fmt: skip
def test_a_module_is_known_by_the_distribution_that_holds_it(module, distribution):
    assert distribution_of("pypi", canonical("pypi", module)) == distribution


def test_only_well_known_distributions_are_named_and_each_stands_once():
    named = [line.partition(":")[0] for line in read_shipped_lines("pypi-modules.txt")]

    assert [name for name in named if rank("pypi", name) is None or canonical("pypi", name) != name] == []
    assert len(set(named)) == len(named) > 100
    assert rank("npm", "ember-source") is not None


def test_no_module_leads_to_two_distributions():
    lines = [line.partition(":")[2].split() for line in read_shipped_lines("pypi-modules.txt")]
    modules = [canonical("pypi", module) for line in lines for module in line]

    assert len(set(modules)) == len(modules)


@pytest.mark.parametrize(
    ("ecosystem", "name", "said"),
    [
        ("pypi", "rest-framework", "did you mean djangorestframework?"),
        ("npm", "@ember/service", "did you mean ember-source?"),
        ("pypi", "json", "json is part of Python and needs no installing"),
        ("npm", "fs", "fs is part of Node.js and needs no installing"),
        ("cargo", "std", "std is part of Rust and needs no installing"),
        ("cargo", "yaml", ""),
        ("pypi", "requests", ""),
        ("pypi", "no-such-thing-at-all", ""),
        ("maven", "a:b", ""),
        ("nowhere", "x", ""),
    ],
)
def test_the_hint_names_what_is_known_and_guesses_nothing(ecosystem, name, said):
    assert hint(ecosystem, name) == said
