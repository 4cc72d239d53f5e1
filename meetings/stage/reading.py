"""What the media worker should do for a meeting, read from the database in one go."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from meetings.floor.models import Speech
from meetings.live.hosting import effective_role
from meetings.live.models import Meeting, Participant
from meetings.live.roles import MeetingState, Presence
from meetings.stage.models import Layout, Stage
from meetings.stage.picture import picture
from meetings.stage.program import MAY_OPEN, output_of
from meetings.stage.rights import Floor, Person, Rights, all_rights


@dataclass(frozen=True)
class Wanted:
    """Rights by endpoint (a participant's id), what may be connected, whose picture is big, the others in order."""

    seq: int
    state: MeetingState
    rights: dict[str, Rights]
    present: frozenset[str]
    big: str | None
    order: list[str]

    @property
    def over(self) -> bool:
        """Nobody comes back: the media of the meeting is closed."""
        return self.state in (MeetingState.ENDED, MeetingState.DONE, MeetingState.CANCELLED)


def read_wanted(meeting_id: UUID) -> Wanted:
    """The rights and the picture as the database has them now."""
    with transaction.atomic():
        meeting = Meeting.objects.get(pk=meeting_id)
        rows = list(Participant.objects.filter(meeting=meeting, presence=Presence.PRESENT))
        outputs = Participant.objects.filter(MAY_OPEN, meeting=meeting).values_list("pk", flat=True)
        screens = [str(output_of(pk)) for pk in outputs]
        speeches = list(Speech.objects.filter(meeting=meeting, slot__isnull=False).order_by("slot"))
        stage = Stage.objects.filter(meeting=meeting).first()
    people = [
        Person(
            id=str(row.pk),
            role=effective_role(row, meeting.acting_host_id),
            presence=Presence(row.presence),
            muted=row.muted,
            venue=str(row.venue) if row.venue else None,
        )
        for row in rows
    ]
    floor = _floor(speeches, people)
    state = MeetingState(meeting.state)
    spotlight = str(stage.spotlight_id) if stage and stage.spotlight_id else None
    layout = Layout(stage.layout) if stage else Layout.SPEAKER
    big, order = picture(people, floor, spotlight=spotlight, layout=layout)
    return Wanted(
        seq=meeting.seq,
        state=state,
        rights=all_rights(people, floor, state),
        present=frozenset([*(person.id for person in people), *screens]),
        big=big,
        order=order,
    )


def _floor(speeches: list[Speech], people: list[Person]) -> Floor:
    """Who has the floor, and the venue they were called in: sitting down elsewhere opens no other microphone."""
    by_id = {person.id: person for person in people}
    each = [
        Floor(speaker=speaker.id, venue=str(speech.venue) if speech.venue and not speaker.muted else None)
        for speech in speeches
        if (speaker := by_id.get(str(speech.participant_id)))
    ]
    return replace(each[0], others=tuple(each[1:])) if each else Floor()
