"""Messages come whole, whichever threads and processes send them, and with what they bring."""

import multiprocessing
import os
import threading

import pytest
from warm_kernels import LINUX

from peel_analysis.engine.packets import LONGEST_PART, Packets

pytestmark = LINUX
LENGTHS = (0, 1, LONGEST_PART - 20, LONGEST_PART, 3 * LONGEST_PART + 1)


def send_all(packets: Packets, sender: int) -> None:
    for length in LENGTHS * 10:
        packets.send({"sender": sender, "text": str(sender) * length})


def test_messages_of_threads_and_of_a_forked_process_are_not_mixed() -> None:
    ours, theirs = Packets.pair()
    other = Packets(theirs)
    senders: list[threading.Thread | multiprocessing.process.BaseProcess] = [
        multiprocessing.get_context("fork").Process(target=send_all, args=(other, number)) for number in (1, 2)
    ]
    senders += [threading.Thread(target=send_all, args=(other, number)) for number in (3, 4)]
    for sender in senders:
        sender.start()
    found: dict[int, list[int]] = {number: [] for number in (1, 2, 3, 4)}
    for _ in range(4 * len(LENGTHS) * 10):
        message = ours.receive()
        assert message is not None
        assert set(message["text"]) <= {str(message["sender"])}
        found[message["sender"]].append(len(message["text"]))
    assert all(lengths == list(LENGTHS * 10) for lengths in found.values())
    assert ours.arrived() == []
    for sender in senders:
        sender.join()


def test_a_message_brings_file_descriptors() -> None:
    ours, theirs = Packets.pair()
    read, write = os.pipe()
    ours.send({"a": 1}, streams=(write,))
    message = Packets(theirs).receive()
    assert message is not None
    assert message["a"] == 1
    os.write(message["streams"][0], b"through the other")
    assert os.read(read, 100) == b"through the other"


def test_the_end_of_the_other_end_is_told_after_what_it_has_said() -> None:
    ours, theirs = Packets.pair()
    Packets(theirs).send({"last": True})
    theirs.close()
    assert ours.arrived() == [{"last": True}]
    with pytest.raises(ConnectionError):
        ours.arrived()
    assert ours.receive() is None
    with pytest.raises(OSError, match="Broken pipe"):
        ours.send({"heard": False})
