"""The chain of the audit log: whatever is done to it without its key is found."""

from dataclasses import replace

import pytest

from audit.chains import Log, a_chain, a_log, changes_of, faults, swaps
from cognomen.domain.audit import (
    Anchor,
    AnchorMalformed,
    Chain,
    Record,
    count_seal,
    head_seal,
    moved,
    read_anchor,
    record_mac,
)
from cognomen.domain.audit_verification import Walk, check_anchor

RECORDS = [100, pytest.param(1000, marks=pytest.mark.nightly)]


def broken(log: Log, chain: int, records: list[Record]) -> list[str]:
    """What is found where one chain holds these records."""
    return faults(replace(log, records={**log.records, chain: records}))


def test_what_nobody_touched_holds() -> None:
    """Chains of any length verify, an empty one too, and so does one whose oldest records are gone."""
    log = a_log([3, 0, 1, 20])
    assert faults(log) == []
    last = log.chains[-1]
    kept = replace(last.head, base=5, base_mac=log.records[4][4].mac)
    shorter = replace(last, head=kept, seal=head_seal(log.keys[4], kept))
    assert faults(replace(log, chains=(*log.chains[:3], shorter), records={**log.records, 4: log.records[4][5:]})) == []


@pytest.mark.parametrize("records", RECORDS)
def test_every_byte_counts(records: int) -> None:
    """OPS-05, G21: each byte of each record is changed in turn, and each time verification tells which record it is."""
    key = b"k" * 32
    chain, whole = a_chain(key, 1, records)
    tried = 0
    before = chain.head.base_mac
    for record in whole:
        for changed in changes_of(record):
            going = Walk(key, 1, record.position - 1, before)
            assert list(going.step(changed)), changed
            tried += 1
        before = record.mac
    assert tried > 300 * records
    print(f"{tried} changes of {records} records, all found")


def test_every_byte_of_what_holds_the_chains_together_counts() -> None:
    """OPS-05: each byte of the rows that say which chains there are, where they begin and where they end."""
    log = a_log([2, 3, 2])
    for place, chain in enumerate(log.chains):
        inner = [replace(chain, head=head) for head in changes_of(chain.head)]
        outer = list(changes_of(chain))
        assert len(inner) > 150
        assert len(outer) > 140
        for changed in (*inner, *outer):
            assert faults(_with_chain(log, place, changed)), changed
    count, seal = log.counted
    for other in (count - 1, count + 1, 0):
        assert faults(replace(log, counted=(other, seal)))
    for changed_seal in (seal[:-1] + "g", "", seal[1:]):
        assert faults(replace(log, counted=(count, changed_seal)))


def _with_chain(log: Log, place: int, chain: Chain) -> Log:
    chains = [*log.chains]
    chains[place] = chain
    return replace(
        log,
        chains=tuple(chains),
        records={**log.records, chain.number: log.records.get(chain.number, log.records[log.chains[place].number])},
        keys={**log.keys, chain.number: log.keys[log.chains[place].number]},
    )


@pytest.mark.parametrize("records", RECORDS)
def test_dropped_doubled_and_swapped_records_are_found(records: int) -> None:
    """OPS-05, G21: any record left out, told twice or exchanged with its neighbour, wherever it stands."""
    key = b"k" * 32
    chain, whole = a_chain(key, 1, records)
    log = Log((chain,), {1: whole}, {1: key}, a_log([1]).counted)
    log = replace(log, counted=_counted(log))
    assert faults(log) == []
    for place in range(records):
        assert broken(log, 1, [*whole[:place], *whole[place + 1 :]]), f"without {place}"
        assert broken(log, 1, [*whole[: place + 1], *whole[place:]]), f"twice {place}"
    for swapped in swaps(whole):
        assert broken(log, 1, swapped)


def _counted(log: Log) -> tuple[int, str]:
    return 1, count_seal(log.keys[1], 1, log.chains[0].link)


def test_a_cut_tail_is_found() -> None:
    """OPS-05: records cut off at the end, any number of them: the head says how many there were."""
    log = a_log([10])
    for left in range(10):
        [fault] = broken(log, 1, list(log.records[1][:left]))
        assert fault == (
            "chain 1, record 10 is missing at its end"
            if left == 9
            else f"chain 1, records {left + 1} to 10 are missing at its end"
        )


def test_a_cut_tail_is_found_with_a_head_to_match() -> None:
    """OPS-05: who also sets the head back cannot seal it; who puts an old seal back is betrayed by a kept head."""
    log = a_log([10])
    chain, whole = log.chains[0], list(log.records[1])
    back = replace(chain.head, length=9, mac=whole[8].mac)
    forged = replace(log, chains=(replace(chain, head=back),), records={1: whole[:9]})
    assert faults(forged) == ["chain 1: where it begins and ends was changed"]
    replayed = replace(chain, head=back, seal=head_seal(log.keys[1], back))
    assert faults(replace(log, chains=(replayed,), records={1: whole[:9]})) == []
    [told] = check_anchor(chain.head.anchor, replayed, None)
    assert told == "chain 1, record 10 is missing: it once was there"


def test_a_record_of_another_server_does_not_fit() -> None:
    """OPS-05: a record of another store, of another chain, or made with another key is found, wherever it is put."""
    log, other = a_log([5, 5]), a_log([5, 5], secret="other")
    for place in range(5):
        mine = list(log.records[1])
        for strange in (other.records[1][place], log.records[2][place], other.records[2][place]):
            mine[place] = strange
            assert broken(log, 1, mine)
            mine[place] = replace(strange, chain=1)
            assert broken(log, 1, mine)
    assert faults(replace(log, chains=other.chains, records=other.records, counted=other.counted))


def test_a_record_cannot_be_added_without_the_key() -> None:
    """OPS-05: who knows everything in the store but no key makes no record that holds."""
    log = a_log([4])
    head = log.chains[0].head
    record = Record(1, 5, 1_700_000_000_004, '{"operation":"made up"}', "")
    record = replace(record, mac=record_mac(b"guessed", record, head.mac))
    ahead = replace(log.chains[0], head=moved(head, record))
    assert broken(log, 1, [*log.records[1], record]) == [
        "chain 1, record 5 was changed, or what came before it",
        "chain 1 does not end as its head says",
    ]
    assert broken(replace(log, chains=(ahead,)), 1, [*log.records[1], record])


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_a_dropped_chain_is_found(gone: int) -> None:
    """OPS-05: a chain that is taken out whole leaves a gap, the last one too."""
    log = a_log([2, 3, 2])
    left = tuple(chain for chain in log.chains if chain.number != gone)
    found = faults(replace(log, chains=left))
    assert f"chain {gone} is missing" in found


def test_chains_that_change_places_are_found() -> None:
    """OPS-05: a chain that is given the number of another one is not the one that was begun there."""
    log = a_log([2, 2, 2])
    first, second, third = log.chains
    swapped = (
        first,
        replace(third, head=replace(third.head, chain=2)),
        replace(second, head=replace(second.head, chain=3)),
    )
    records = {1: log.records[1], 2: log.records[3], 3: log.records[2]}
    keys = {1: log.keys[1], 2: log.keys[3], 3: log.keys[2]}
    assert faults(replace(log, chains=swapped, records=records, keys=keys))


def test_anchors_tell_of_what_is_gone() -> None:
    """A kept head finds a missing chain, a missing record and another one; what is forgotten by its age is no fault."""
    log = a_log([4])
    chain, records = log.chains[0], log.records[1]
    anchor = Anchor(1, 2, records[1].mac)
    assert list(check_anchor(anchor, chain, records[1].mac)) == []
    assert list(check_anchor(anchor, None, None)) == ["chain 1 is missing: once it had 2 records"]
    assert list(check_anchor(anchor, chain, records[2].mac)) == ["chain 1, record 2 is another one than was there once"]
    for base, expected in ((2, 0), (3, 0), (1, 1)):
        kept = replace(chain, head=replace(chain.head, base=base, base_mac=records[base - 1].mac))
        assert len(list(check_anchor(anchor, kept, None))) == expected


@pytest.mark.parametrize("text", ["", "1", "1:2", "a:2:" + "0" * 64, "1:b:" + "0" * 64, "1:2:" + "0" * 63])
def test_what_is_no_anchor(text: str) -> None:
    """A head that was kept is CHAIN:POSITION:CODE, and nothing else is taken for one."""
    with pytest.raises(AnchorMalformed):
        read_anchor(text)
    anchor = Anchor(3, 57, "0" * 64)
    assert read_anchor(str(anchor)) == anchor
