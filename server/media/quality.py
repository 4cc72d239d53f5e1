"""How media reaches an endpoint and comes from it, in words. Pure."""

from dataclasses import dataclass

from server.media.messages import QualityLevel, QualityReason

# Above a tenth loss is heard, above a thirtieth it is worth a hint.
HEARD = 0.10
HINT = 0.03


@dataclass(frozen=True, slots=True)
class QualityNow:
    """What a member is told."""

    level: QualityLevel = QualityLevel.GOOD
    reason: QualityReason = QualityReason.NONE
    audio_only: bool = False


def judge(*, loss_down: float, loss_up: float, limited: bool, capped: bool, audio_only: bool) -> QualityNow:
    """The worst first. `limited`: pictures are smaller than wished; `capped`: the publisher's link queues."""
    if audio_only:
        return QualityNow(QualityLevel.POOR, QualityReason.DOWNLINK_BANDWIDTH, audio_only=True)
    if loss_down > HEARD:
        return QualityNow(QualityLevel.POOR, QualityReason.DOWNLINK_LOSS)
    if loss_up > HEARD:
        return QualityNow(QualityLevel.POOR, QualityReason.UPLINK_LOSS)
    if limited:
        return QualityNow(QualityLevel.FAIR, QualityReason.DOWNLINK_BANDWIDTH)
    if capped:
        return QualityNow(QualityLevel.FAIR, QualityReason.UPLINK_BANDWIDTH)
    if loss_down > HINT:
        return QualityNow(QualityLevel.FAIR, QualityReason.DOWNLINK_LOSS)
    if loss_up > HINT:
        return QualityNow(QualityLevel.FAIR, QualityReason.UPLINK_LOSS)
    return QualityNow()
