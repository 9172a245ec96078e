"""A backup and its return: everything works that worked, on the same engine and on the other one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backups.places import PAIRS, POSTGRES, SQLITE, Place, key_in
from backups.stories import STORIES, Guarded, Plain, Touched, maker, on
from cognomen.process import access_keys
from conftest import sdk_client
from passkey import is_signed_in

Making = Callable[..., Place]


@pytest.mark.parametrize("pair", PAIRS)
def test_a_whole_server_goes_on_elsewhere(place: Making, tmp_path: Path, pair: tuple[str, str]) -> None:
    """STO-11, TOK-06: backed up while it serves; all factors, keys and codes work on a new host, used tokens do not."""
    old, new, file = place(pair[0]), place(pair[1]), tmp_path / "backup"
    with old.serve() as server:
        stories = [story.begun(server) for story in STORIES]
        assert "3 pools, 4 users" in old.back_up(file)
        new.restore(file)
        with new.serve() as other:
            other.advance(120)
            for story in stories:
                story.goes_on(other)


@pytest.mark.parametrize("pair", [(SQLITE, POSTGRES), (POSTGRES, SQLITE)])
def test_one_pool_comes_into_a_server_that_has_others(place: Making, tmp_path: Path, pair: tuple[str, str]) -> None:
    """That server is running, and notices; nothing of the other pools comes along or goes."""
    old, new = place(pair[0]), place(pair[1])
    with old.serve() as server, new.serve() as other:
        stories = [story.begun(server) for story in STORIES]
        there = maker(other)()
        there.confirmed("eve")
        other.advance(120)
        for number, story in enumerate(stories, start=1):
            file = tmp_path / f"backup{number}"
            old.back_up(file, story.pool.pool_id)
            new.restore(file)
            story.goes_on(other)
            pools = there.cognito.list_user_pools(MaxResults=60)["UserPools"]
            assert len(pools) == 1 + number
        assert is_signed_in(there.sign_in("eve"))


def test_a_server_with_another_master_key_seals_anew(place: Making, tmp_path: Path) -> None:
    """With the old key file in hand everything works again, and later without it; only codes have to be sent again."""
    file, own = tmp_path / "backup", key_in(tmp_path / "own.key")
    old, new = place(SQLITE), place(POSTGRES, own)
    with old.serve() as server:
        stories = [story.begun(server) for story in STORIES]
        old.back_up(file)
        new.restore(file, theirs=old.master_key)
        with new.serve() as other:
            other.advance(120)
            for story in stories:
                story.goes_on(other, anew=True)


def test_one_pool_of_a_whole_backup(place: Making, tmp_path: Path) -> None:
    """A pool that was deleted by mistake comes back out of last night's backup of the server."""
    here, file = place(SQLITE), tmp_path / "backup"
    with here.serve() as server:
        lost, kept = Plain.begun(server), Touched.begun(server)
        here.back_up(file)
        domain = lost.shown["describe_user_pool"]["UserPool"]["Domain"]
        lost.pool.cognito.delete_user_pool_domain(UserPoolId=lost.pool.pool_id, Domain=domain)
        lost.pool.cognito.delete_user_pool(UserPoolId=lost.pool.pool_id)
        kept.pool.confirmed("new")
        here.restore(file, lost.pool.pool_id)
        lost.goes_on(server)
        kept.goes_on(server)
        assert is_signed_in(kept.pool.sign_in("new"))


def test_a_pool_is_overwritten_only_where_that_is_said(place: Making, tmp_path: Path) -> None:
    """Then it is as it was, and who came since is gone."""
    here, file = place(SQLITE), tmp_path / "backup"
    with here.serve() as server:
        story = Guarded.begun(server)
        here.back_up(file, story.pool.pool_id)
        story.pool.confirmed("late")
        with pytest.raises(Exception, match="give --overwrite"):
            here.restore(file)
        here.restore(file, overwrite=True)
        users = on(story.pool, server).cognito.list_users(UserPoolId=story.pool.pool_id)["Users"]
        assert [user["Username"] for user in users] == ["ann"]
        story.goes_on(server)


def test_access_keys_come_with_a_whole_server_alone(place: Making, tmp_path: Path) -> None:
    """A key that signs requests is the account's, so a backup of one pool does not hold it."""
    old, new, alone = place(SQLITE), place(SQLITE), place(SQLITE)
    with old.serve() as server:
        pool_id = sdk_client(server.url).create_user_pool(PoolName="p")["UserPool"]["Id"]
    key_id, _ = access_keys.create(old.settings, None, "kept", None)
    old.back_up(tmp_path / "whole")
    old.back_up(tmp_path / "pool", pool_id)
    new.restore(tmp_path / "whole")
    alone.restore(tmp_path / "pool")
    assert access_keys.shown(new.settings) == access_keys.shown(old.settings)
    assert key_id in access_keys.shown(new.settings)[0]
    assert access_keys.shown(alone.settings) == []
