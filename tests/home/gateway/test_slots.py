from pathlib import Path

from homeport.home.gateway.slots import Slot, Snapshot, old_workers, parse_map, parse_slots, replies

REPLIES = Path(__file__).parent / "replies"


def reply(name: str) -> str:
    """What HAProxy 3.0.11 said, kept as it was; see the name."""
    return (REPLIES / f"{name}.txt").read_text()


def test_slots() -> None:
    """Ready is a server that takes new requests, also one that the file disables for ever (flag 0x04)."""
    blue, green = parse_slots(reply("show_stat"), reply("show_servers_state"))
    assert Slot("route-a", "blue", "172.31.250.31:8000", 8, 1) == blue
    assert Slot("route-a", "green", "172.31.250.32:8000", 4, 0) == green
    assert [blue.is_ready, green.is_ready] == [False, True]


def test_slots_of_an_old_worker_are_never_ready() -> None:
    """An old worker takes nothing new: only its requests in flight count."""
    slots = parse_slots(reply("show_stat"))
    assert [slot.sessions for slot in slots] == [1, 0]
    assert not any(slot.is_ready for slot in slots)


def test_a_slot_without_address_is_never_ready() -> None:
    """Ready at 0.0.0.0:0 would be a route that answers 503."""
    assert not Slot("route-a", "blue", "", 0, 0).is_ready


def test_draining_is_what_is_in_flight_to_slots_that_take_nothing_new() -> None:
    """And to every slot of an old worker."""
    ready, resting = Slot("route-a", "blue", "172.31.250.31:8000", 0, 5), Slot("route-a", "green", "", 1, 2)
    assert 2 == Snapshot((ready, resting), (), {}).draining
    assert 7 == Snapshot((ready, resting), (ready,), {}).draining


def test_old_workers() -> None:
    """Only workers that a reload has left are old: not the master, not the present one."""
    assert old_workers(reply("show_proc_with_an_old_worker")) == (12,)
    assert old_workers(reply("show_proc")) == ()


def test_map() -> None:
    assert parse_map("0x7f7488c41600 a.localhost/ route-a\n") == {"a.localhost/": "route-a"}


def test_replies_to_commands_sent_together() -> None:
    """Each reply ends at an empty line, and an empty reply is one empty line."""
    assert replies("one\ntwo\n\n\nthree\n\n") == ("one\ntwo", "", "three")


def test_a_reply_that_was_cut_off_is_not_counted() -> None:
    """A reload cuts the connection: half a reply must not be taken for one."""
    assert replies("one\n\ntwo\nthr") == ("one",)
