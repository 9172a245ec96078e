"""Settings are read once, from three places, and whatever is wrong with them is named."""

import pickle
from pathlib import Path

import pytest

from cognomen.settings import Settings, SettingsRefused, load
from cognomen.settings.known import KNOWN
from cognomen.settings.loopback import is_loopback
from cognomen.settings.rules import broken_rules
from cognomen.settings.sources import as_variable


def toml(folder: Path, text: str) -> Path:
    file = folder / "given.toml"
    file.write_text(text, encoding="utf-8")
    return file


def refusal(folder: Path, text: str = "", environment: dict[str, str] | None = None, **flags: str) -> str:
    with pytest.raises(SettingsRefused) as caught:
        load(flags, environment or {}, toml(folder, text))
    return str(caught.value).replace(f"{folder}/", "")


def test_nothing_given_is_a_dev_server_on_loopback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without flags, variables and file there is a dev server on the port that cognito-local's users know."""
    monkeypatch.chdir(tmp_path)
    settings = load({}, {})
    assert settings.url == "http://127.0.0.1:9229"
    assert (settings.profile, settings.data, settings.database, settings.workers) == ("dev", "./data", None, 1)
    assert (settings.region, settings.account_id, settings.issuer) == ("us-east-1", "000000000000", "self")
    assert settings.master_key_path == Path("data/master.key")
    assert broken_rules(settings) == []


def test_flags_win_over_environment_over_file(tmp_path: Path) -> None:
    """The nearer to the command a value is given, the stronger it is."""
    file = toml(tmp_path, 'port = 1\nregion = "eu-west-1"\naccount_id = "111111111111"\n')
    settings = load({"port": "3", "host": None}, {"COGNOMEN_PORT": "2", "COGNOMEN_REGION": "eu-west-2"}, file)
    assert (settings.port, settings.region, settings.account_id) == (3, "eu-west-2", "111111111111")


def test_the_file_beside_the_server_is_read_where_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """./cognomen.toml needs no flag."""
    monkeypatch.chdir(tmp_path)
    Path("cognomen.toml").write_text("port = 7\n", encoding="utf-8")
    assert load({}, {}).port == 7


def test_the_environment_of_the_process_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an explicit environment the process's own counts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COGNOMEN_PORT", "8")
    assert load().port == 8


def test_every_kind_of_value_is_read_from_toml_and_from_text(tmp_path: Path) -> None:
    """Numbers, switches, lists, paths and tables mean the same in the file and in the environment."""
    file = toml(
        tmp_path,
        'unsafe_allow_remote = true\naccepted_issuers = ["https://a.example", "https://b.example"]\n'
        'master_key_file = "k"\n[smtp]\ntimeout_s = 3\n[access_keys]\nAKIDEXAMPLE = "0123456789abcdef"\n'
        "[rates]\nUserRead = 500\n",
    )
    variables = {
        "COGNOMEN_UNSAFE_ALLOW_REMOTE": "true",
        "COGNOMEN_ACCEPTED_ISSUERS": "https://a.example, https://b.example",
        "COGNOMEN_MASTER_KEY_FILE": "k",
        "COGNOMEN_SMTP__TIMEOUT_S": "3",
        "COGNOMEN_ACCESS_KEYS__AKIDEXAMPLE": "0123456789abcdef",
        "COGNOMEN_RATES__UserRead": "500",
    }
    assert load({}, {}, file) == load({}, variables, toml(tmp_path, ""))


def test_tables_grow_entry_by_entry(tmp_path: Path) -> None:
    """An access key of the environment stands beside those of the file."""
    file = toml(tmp_path, '[access_keys]\nONE = "0123456789abcdef"\nTWO = "0123456789abcdef"\n')
    settings = load({}, {"COGNOMEN_ACCESS_KEYS__TWO": "fedcba9876543210"}, file)
    assert settings.access_keys == {"ONE": "0123456789abcdef", "TWO": "fedcba9876543210"}


def test_all_processes_of_all_servers_share_the_rates() -> None:
    """Workers and servers multiply; one process has the rates to itself."""
    assert load({}, {}).sharers_of_rates == 1
    assert load({"workers": "3", "limits.servers": "2"}, {}).sharers_of_rates == 6


BAD_FILES = {
    "prot = 1": "unknown key prot in given.toml; did you mean port?",
    "[smtp]\nhots = 'x'": "unknown key smtp.hots in given.toml; did you mean smtp.host?",
    "[stmp]\nhost = 'x'": "unknown key stmp in given.toml; did you mean smtp?",
    "qqqqqqqq = 1": "unknown key qqqqqqqq in given.toml; docs/settings.md lists all keys",
    "smtp = 1": "smtp in given.toml is a section: give its keys, such as smtp.host",
    "port = '9229'": "port in given.toml must be a whole number from 0 to 65535, not '9229'",
    "port = true": "port in given.toml must be a whole number from 0 to 65535, not True",
    "port = 65536": "port in given.toml must be a whole number from 0 to 65535, not 65536",
    "port = 1.0": "port in given.toml must be a whole number from 0 to 65535, not 1.0",
    "[port]\nx = 1": "port in given.toml must be a whole number from 0 to 65535, not {'x': 1}",
    "host = ''": "host in given.toml must be a host name or an IP address, not ''",
    "host = 'http://x'": "host in given.toml must be a host name or an IP address, not 'http://x'",
    "profile = 'prod'": "profile in given.toml must be dev or production, not 'prod'",
    "workers = 0": "workers in given.toml must be a whole number from 1 to 256, not 0",
    "account_id = '1'": "account_id in given.toml must be 12 digits, not '1'",
    "account_id = '١٢٣٤٥٦٧٨٩٠١٢'": "account_id in given.toml must be 12 digits, not '١٢٣٤٥٦٧٨٩٠١٢'",
    "region = 'us_east_1'": "region in given.toml must be a region such as us-east-1, not 'us_east_1'",
    "public_url = 'localhost'": "public_url in given.toml must be an http:// or https:// URL, not 'localhost'",
    "public_url = 'https://a:99999'": "public_url in given.toml must be an http:// or https:// URL, not 'https://a:99999'",
    "public_url = 'https://a/?b'": "public_url in given.toml must be an http:// or https:// URL, not 'https://a/?b'",
    "database = 'mysql://a'": "database in given.toml must be a postgresql:// URL",
    "database = 'postgresql://a:1,b:x/d'": "database in given.toml must be a postgresql:// URL",
    "accepted_issuers = 'https://a'": (
        "accepted_issuers in given.toml must be a list; each item an http:// or https:// URL, not 'https://a'"
    ),
    "accepted_issuers = ['a']": (
        "accepted_issuers in given.toml must be a list; each item an http:// or https:// URL, not ['a']"
    ),
    "[access_keys]\nAK = 'short'": (
        "access_keys in given.toml must be a table; each name letters, digits and _, at most 128, each value text of"
        " at least 16 characters"
    ),
    "[rates]\nUserRead = '500'": (
        "rates in given.toml must be a table; each name a category such as UserRead, each value a whole number from 1"
        " to 2147483647, not {'UserRead': '500'}"
    ),
    "[dev]\nfixed_code = '12345'": "dev.fixed_code in given.toml must be six digits, not '12345'",
    "[smtp]\nsender = 'nobody'": (
        "smtp.sender in given.toml must be an address such as no-reply@example.com, not 'nobody'"
    ),
    '[smtp]\nsender = "a@b.example\\r\\nBcc: c@d.example"': (
        "smtp.sender in given.toml must be an address such as no-reply@example.com, not 'a@b.example\\...: c@d.example'"
    ),
    "[smtp]\ntimeout_s = 0": "smtp.timeout_s in given.toml must be a number above 0, at most 600, not 0",
    "[smtp]\ntimeout_s = nan": "smtp.timeout_s in given.toml must be a number above 0, at most 600, not nan",
    "[sqlite]\nsynchronous = 'OFF'": "sqlite.synchronous in given.toml must be FULL or NORMAL, not 'OFF'",
    "[limits]\nbody_bytes = 0": "limits.body_bytes in given.toml must be a whole number from 1024 to 1073741824, not 0",
    "data = 'a'\ndatabase = 'postgresql://h/d'": (
        "data in given.toml and database in given.toml exclude each other: keep one"
    ),
}


@pytest.mark.parametrize(("text", "message"), BAD_FILES.items())
def test_a_bad_file_is_refused_by_key_place_and_what_is_allowed(tmp_path: Path, text: str, message: str) -> None:
    """Every fault in a file is one line that names the key, the file and what may stand there."""
    assert refusal(tmp_path, text) == message


BAD_VARIABLES = {
    ("COGNOMEN_PORT", "tcp://10.0.0.1:9229"): (
        "COGNOMEN_PORT in the environment must be a whole number from 0 to 65535, not 'tcp://10.0.0.1:9229'"
    ),
    ("COGNOMEN_RATES__UserRead", "many"): (
        "COGNOMEN_RATES in the environment must be a table; each name a category such as UserRead, each value a whole"
        " number from 1 to 2147483647, not {'UserRead': 'many'}"
    ),
    ("COGNOMEN_RATES", "500"): (
        "COGNOMEN_RATES in the environment must be a table; each name a category such as UserRead, each value a whole"
        " number from 1 to 2147483647, not '500'"
    ),
    ("COGNOMEN_PRT", "1"): "unknown key COGNOMEN_PRT in the environment; did you mean COGNOMEN_PORT?",
    ("COGNOMEN_SMTP__HOTS", "x"): (
        "unknown key COGNOMEN_SMTP__HOTS in the environment; did you mean COGNOMEN_SMTP__HOST?"
    ),
    ("COGNOMEN_SMTP", "x"): (
        "COGNOMEN_SMTP in the environment is a section: give its keys, such as COGNOMEN_SMTP__HOST"
    ),
    ("COGNOMEN_UNSAFE_ALLOW_REMOTE", "yes"): (
        "COGNOMEN_UNSAFE_ALLOW_REMOTE in the environment must be true or false, not 'yes'"
    ),
    ("COGNOMEN_SMTP__PASSWORD", ""): "COGNOMEN_SMTP__PASSWORD in the environment must be a password",
    ("COGNOMEN_ACCESS_KEYS", "AK=x"): (
        "COGNOMEN_ACCESS_KEYS in the environment must be a table; each name letters, digits and _, at most 128,"
        " each value text of at least 16 characters"
    ),
}


@pytest.mark.parametrize(("variable", "message"), BAD_VARIABLES.items())
def test_a_bad_variable_is_refused(tmp_path: Path, variable: tuple[str, str], message: str) -> None:
    """Every fault in the environment is named as the environment spells it."""
    assert refusal(tmp_path, environment=dict([variable])) == message


def test_a_bad_flag_is_refused(tmp_path: Path) -> None:
    """Flags are named as they are typed, and all faults are told at once."""
    assert refusal(tmp_path, environment={"COGNOMEN_X": "1"}, port="no", unsafe_allow_remote="no").splitlines() == [
        "unknown key COGNOMEN_X in the environment; docs/settings.md lists all keys",
        "--port on the command line must be a whole number from 0 to 65535, not 'no'",
        "--unsafe-allow-remote on the command line must be true or false, not 'no'",
    ]


def test_a_broken_table_is_not_hidden_by_a_later_one(tmp_path: Path) -> None:
    """An access_keys that is no table is refused although the environment brings a good entry."""
    variables = {"COGNOMEN_ACCESS_KEYS__AK": "0123456789abcdef"}
    assert refusal(tmp_path, "access_keys = 1", variables).startswith("access_keys in given.toml must be a table;")


def test_a_bad_value_is_refused_where_a_stronger_one_stands(tmp_path: Path) -> None:
    """What nobody would notice today is refused before the stronger value is taken away."""
    assert refusal(tmp_path, "port = 'x'", port="1").startswith("port in given.toml must be")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A chosen file that is missing, a directory or not UTF-8 never counts as empty."""
    (tmp_path / "broken").write_text("port = ", encoding="utf-8")
    (tmp_path / "latin").write_bytes(b"host = '\xe4'")
    for name, message in {
        "missing": "the settings file {} cannot be read: No such file or directory",
        "": "the settings file {} cannot be read: Is a directory",
        "broken": "{} is not valid TOML: ",
        "latin": "{} is not valid TOML: 'utf-8' codec can't decode byte 0xe4",
    }.items():
        with pytest.raises(SettingsRefused) as caught:
            load({}, {}, tmp_path / name)
        assert str(caught.value).startswith(message.format(tmp_path / name))


def test_secrets_do_not_print(tmp_path: Path) -> None:
    """Neither the repr nor a refusal shows a password, a secret key or the password in a URL."""
    planted = "planted-secret-0123456789"
    file = toml(tmp_path, f'[smtp]\npassword = "{planted}"\n[access_keys]\nAKIDEXAMPLE = "{planted}"\n')
    urls = (
        f"postgresql://me:{planted}@h/d",
        f"postgresql://me:{planted}@x@h/d",
        f"postgresql://h/d?password={planted}",
        f"postgresql://me:{planted}@h1:5432,h2:5433/d?target_session_attrs=read-write",
    )
    for url in urls:
        settings = load({"database": url}, {}, file)
        assert planted not in repr(settings) + str(settings) + repr(settings.smtp)
        assert "AKIDEXAMPLE" in repr(settings)
    assert planted not in refusal(tmp_path, database=f"mysql://me:{planted}@h/d")
    assert planted[:9] not in refusal(tmp_path, f'[access_keys]\nAK = "{planted[:9]}"')


def test_the_profile_chooses_the_cost_of_hashes(tmp_path: Path) -> None:
    """dev hashes cheaply, production as OWASP says, and what is set holds in both."""
    nothing = toml(tmp_path, "")
    dev, production = (load({"profile": profile}, {}, nothing).passwords for profile in ("dev", "production"))
    assert (dev.memory_kib, dev.time_cost) == (8, 1)
    assert (production.memory_kib, production.time_cost, production.parallelism) == (19456, 2, 1)
    assert load({}, {"COGNOMEN_PASSWORDS__MEMORY_KIB": "1024"}, nothing).passwords.memory_kib == 1024
    assert load({"profile": "production"}, {}, nothing).log_format == "json"


URLS = {
    ("127.0.0.1", 80, None): "http://127.0.0.1:80",
    ("::1", 80, None): "http://[::1]:80",
    ("0.0.0.0", 80, None): "http://127.0.0.1:80",
    ("127.0.0.1", 80, "https://id.example/"): "https://id.example",
}


@pytest.mark.parametrize(("given", "url"), URLS.items())
def test_the_public_url_follows_the_address_unless_it_is_set(given: tuple[str, int, str | None], url: str) -> None:
    """It never ends with a slash, for pool ids are put behind it."""
    host, port, public_url = given
    assert Settings(host=host, public_url=public_url).at(port).url == url


def test_settings_travel_to_other_processes() -> None:
    """Workers get the settings whole."""
    settings = Settings(access_keys={"AK": "0123456789abcdef"})
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_every_key_says_what_it_is() -> None:
    """Every key has a meaning of one line that begins like a sentence or a name, and can be given by a variable."""
    for known in KNOWN.values():
        assert known.said.meaning.strip()
        assert "\n" not in known.said.meaning
        assert not known.said.meaning.endswith(".")
        assert known.said.kind.allowed
        assert as_variable(known.name).startswith("COGNOMEN_")


def test_a_name_is_loopback_only_where_all_its_addresses_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is judged by where it leads, not by how it sounds."""
    leads_to = {"half": ["127.0.0.1", "10.0.0.1"], "localhost": ["10.0.0.1"], "laptop": ["127.0.0.1", "::1"]}

    def resolve(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        return [(None, None, None, "", (address, 0)) for address in leads_to[host]]

    with monkeypatch.context() as patched:
        patched.setattr("socket.getaddrinfo", resolve)
        assert [is_loopback(name) for name in leads_to] == [False, False, True]
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert not is_loopback("0.0.0.0")
    assert not is_loopback("no-such-name.invalid")
    assert not is_loopback("x" * 300)
