"""The STUN and TURN servers of this deployment, from its settings."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from meetings.stage.turn import Misconfigured, Relays


def configured() -> Relays:
    """As the settings say; a mistake there stops the start with one sentence."""
    try:
        return Relays.of(turn=settings.TURN_URLS, stun=settings.STUN_URLS, secret=settings.TURN_SECRET)
    except Misconfigured as mistake:
        raise ImproperlyConfigured(f"GONGSHANG_TURN_URLS, GONGSHANG_STUN_URLS: {mistake}") from mistake
