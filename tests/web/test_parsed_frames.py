"""What was parsed of a frame reaches the app as it is, through socket.io, which parses nothing."""

import pytest
from socketio.packet import Packet  # type: ignore[import-untyped]

from chatapp import chatapp
from chatapp.web.parsed_frames import ParsedFrames, parsed_frames


@pytest.mark.parametrize("content", [["event", {"name": "x"}], {"event": {}}, [], {}])
def test_socket_io_finds_what_was_parsed(content: object) -> None:
    assert chatapp.app.sio is not None
    frame = parsed_frames.hand_on("42/_event,", content)
    packet = chatapp.app.sio.packet_class(encoded_packet=frame[1:])
    assert packet.data is content
    assert (packet.namespace, packet.id) == ("/_event", None)
    with pytest.raises(ValueError, match="not checked"):
        chatapp.app.sio.packet_class(encoded_packet=frame[1:])


def test_a_frame_that_is_all_prefix_stays_as_it_is() -> None:
    assert ParsedFrames().hand_on("40/_event,", None) == "40/_event,"
    assert Packet(encoded_packet="0/_event,").data is None
