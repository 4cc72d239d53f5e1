"""The peer of `live.py`: what a Channels tutorial would do. One group, `group_send`, JSON encoded by every consumer."""

from typing import Any

import django
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

django.setup()


class Plain(AsyncJsonWebsocketConsumer):
    """Everybody in one group; whatever one sends goes to all."""

    async def connect(self) -> None:
        """Join the group."""
        await self.channel_layer.group_add("room", self.channel_name)
        await self.accept()
        await self.send_json({"t": "welcome"})

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        await self.channel_layer.group_discard("room", self.channel_name)

    async def receive_json(self, content: dict[str, Any], **kwargs: Any) -> None:
        """To all."""
        await self.channel_layer.group_send("room", {"type": "told", "frame": content})

    async def told(self, message: dict[str, Any]) -> None:
        """Encode and send."""
        await self.send_json(message["frame"])


application = ProtocolTypeRouter({"websocket": URLRouter([path("ws/live", Plain.as_asgi())])})
