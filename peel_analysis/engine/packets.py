"""Messages over one pair of sockets, each whole, whichever process or thread of either end sends them.

A packet holds the number of the process that sends it, whether more of the message follows, and a part of its text.
The system delivers a packet whole or not at all, so that processes need no lock between them.
"""

import json
import os
import socket
import struct
import threading
from collections.abc import Sequence
from typing import Any

Message = dict[str, Any]
HEAD = struct.Struct("!I?")
CREDENTIALS = struct.Struct("3i")  # process, user and group of a socket's other end
LONGEST_PART = 1 << 15  # bytes: far below what a socket holds
STREAMS = 3  # at most, of file descriptors that go with a message


class Packets:
    """One end of a pair. What a message brings with it of file descriptors is in its `streams`."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self._lock = threading.Lock()
        self._begun: dict[int, bytearray] = {}

    @staticmethod
    def pair() -> tuple["Packets", socket.socket]:
        """Return one end, and the socket of the other for a process that is yet to start."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return Packets(ours), theirs

    @staticmethod
    def listening(name: str) -> socket.socket | None:
        """Return a socket to which others of this machine connect by a name of no file; None where one has it."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            listener.bind(f"\0{name}")
            listener.listen()
        except OSError:
            listener.close()
            return None
        return listener

    @classmethod
    def connected(cls, name: str) -> "Packets":
        """Return this end of a connection to who listens at a name. Raises OSError when nobody of this user does."""
        end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            end.connect(f"\0{name}")
        except OSError:
            end.close()
            raise
        return cls._of_this_user(end)

    @classmethod
    def accepted(cls, listener: socket.socket) -> "Packets":
        """Return this end of a connection that another has made. Raises OSError for another user."""
        end, _ = listener.accept()
        return cls._of_this_user(end)

    @classmethod
    def _of_this_user(cls, end: socket.socket) -> "Packets":
        _, user, _ = CREDENTIALS.unpack(end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size))
        if user != os.getuid():
            end.close()
            raise PermissionError("the other end is another user's")
        return cls(end)

    def send(self, message: Message, streams: Sequence[int] = ()) -> None:
        """Send a message. Raises OSError when nobody is there to take it."""
        self.send_text(json.dumps(message).encode(), streams)

    def send_text(self, text: bytes, streams: Sequence[int] = ()) -> None:
        """Send the JSON of a message."""
        with self._lock:
            for start in range(0, len(text), LONGEST_PART):
                part = text[start : start + LONGEST_PART]
                packet = HEAD.pack(os.getpid(), start + LONGEST_PART < len(text)) + part
                if start == 0 and streams:
                    socket.send_fds(self.end, [packet], streams)
                else:
                    self.end.send(packet)

    def receive(self) -> Message | None:
        """Return the next message, waiting for it, or None when the other end has gone."""
        while True:
            packet, streams, _, _ = socket.recv_fds(self.end, HEAD.size + LONGEST_PART, STREAMS)
            if not packet:
                return None
            if (message := self._taken(packet)) is not None:
                return {**message, "streams": streams}

    def arrived(self) -> list[Message]:
        """Return the messages that are there, without waiting. Raises ConnectionError when the other end has gone."""
        messages: list[Message] = []
        while True:
            try:
                packet = self.end.recv(HEAD.size + LONGEST_PART, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return messages
            if not packet:
                if messages:
                    return messages
                raise ConnectionError("the other end has gone")
            if (message := self._taken(packet)) is not None:
                messages.append(message)

    def _taken(self, packet: bytes) -> Message | None:
        """Return the message that a packet ends, None when more of it is to come."""
        sender, more = HEAD.unpack_from(packet)
        begun = self._begun.setdefault(sender, bytearray())
        begun += packet[HEAD.size :]
        if more:
            return None
        message: Message = json.loads(self._begun.pop(sender))
        return message
