"""Laying down the agenda and going through it."""

from collections.abc import Iterator
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from meetings.agenda.events import ItemsChanged, ItemsSet, item_view
from meetings.agenda.models import AgendaItem, ItemKind, ItemState
from meetings.live.commands import Command, handles
from meetings.live.events import Event, reacts_to
from meetings.live.lifecycle import MeetingEnded, MeetingStarted
from meetings.live.models import Participant
from meetings.live.roles import MeetingState
from meetings.live.scene import Scene
from server.core.errors import Code, Refused


class ItemIn(BaseModel):
    """An item as the secretary writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ItemKind
    title: str = Field(min_length=1, max_length=200)
    minutes: int = Field(default=5, ge=1, le=600)
    presenter: UUID | None = None


class SetItems(Command, name="agenda.set_items"):
    """Lay down the whole agenda, in order, before the meeting has begun."""

    items: list[ItemIn] = Field(max_length=100)


class Activate(Command, name="agenda.activate"):
    """Go to an item; the one under discussion is done. Without an item: go to the next."""

    item: UUID | None = None


@handles(SetItems)
def set_items(cmd: SetItems, scene: Scene) -> Iterator[Event]:
    """Replace the agenda."""
    scene.require_state(MeetingState.DRAFT, MeetingState.NOTIFIED, MeetingState.LOBBY)
    wanted = {item.presenter for item in cmd.items if item.presenter}
    known = set(Participant.objects.filter(meeting=scene.meeting, pk__in=wanted).values_list("pk", flat=True))
    if wanted - known:
        raise Refused(Code.NOT_FOUND, what="participant")
    AgendaItem.objects.filter(meeting=scene.meeting).delete()
    rows = [
        AgendaItem(
            meeting=scene.meeting,
            no=no,
            kind=item.kind,
            title=item.title,
            minutes=item.minutes,
            presenter_id=item.presenter,
        )
        for no, item in enumerate(cmd.items, start=1)
    ]
    AgendaItem.objects.bulk_create(rows)
    yield ItemsSet(items=[item_view(row) for row in rows])


@handles(Activate)
def activate(cmd: Activate, scene: Scene) -> Iterator[Event]:
    """Exactly one item is active while the meeting is live."""
    scene.require_state(MeetingState.LIVE)
    items = AgendaItem.objects.filter(meeting=scene.meeting)
    wanted = items.filter(pk=cmd.item).first() if cmd.item else items.filter(state=ItemState.PENDING).first()
    if wanted is None:
        raise Refused(Code.NOT_FOUND, what="item")
    if wanted.state == ItemState.ACTIVE:
        return
    yield ItemsChanged(items=[item_view(row) for row in [*_finish(scene), _begin(wanted, scene)]])


@reacts_to(MeetingStarted)
def begin_first_item(event: MeetingStarted, scene: Scene) -> Iterator[Event]:
    """The meeting opens with its first item."""
    first = AgendaItem.objects.filter(meeting=scene.meeting, state=ItemState.PENDING).first()
    if first:
        yield ItemsChanged(items=[item_view(_begin(first, scene))])


@reacts_to(MeetingEnded)
def close_agenda(event: MeetingEnded, scene: Scene) -> Iterator[Event]:
    """What was not reached is skipped."""
    finished = _finish(scene)
    skipped = list(AgendaItem.objects.filter(meeting=scene.meeting, state=ItemState.PENDING))
    for row in skipped:
        row.state = ItemState.SKIPPED
    AgendaItem.objects.bulk_update(skipped, ["state"])
    if finished or skipped:
        yield ItemsChanged(items=[item_view(row) for row in [*finished, *skipped]])


def _begin(row: AgendaItem, scene: Scene) -> AgendaItem:
    row.state, row.started_at, row.ended_at = ItemState.ACTIVE, scene.now, None
    row.save(update_fields=["state", "started_at", "ended_at"])
    return row


def _finish(scene: Scene) -> list[AgendaItem]:
    rows = list(AgendaItem.objects.filter(meeting=scene.meeting, state=ItemState.ACTIVE))
    for row in rows:
        row.state, row.ended_at = ItemState.DONE, scene.now
        row.save(update_fields=["state", "ended_at"])
    return rows
