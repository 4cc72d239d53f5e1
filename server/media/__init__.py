"""The media plane: a selective forwarding unit on top of aiortc's DTLS.

One UDP port, ICE-lite, one peer connection per endpoint with fixed receive slots.
It knows rooms, endpoints and rights that it is told; it knows no meeting, no person and no Django.
"""
