"""Tasks that follow from a consultation: suggested, assigned, answered, evaluated.

`FollowUpTask.state` is the truth, moved by conditional updates only (`services`); `TaskStep` is the timeline and is
only ever added to.
"""

from typing import ClassVar

from django.db import models

from meetings.followups.machine import Action, ContactStage, Rating, ResultClass, TaskState
from meetings.live.models import Meeting
from meetings.minutes.models import Minutes
from meetings.record.models import Opinion
from server.accounts.models import Organization, Person, Unit
from server.core import ids


class FollowUpTask(models.Model):
    """办理事项. `suggested_lead` is what the minutes say, `lead_unit` what the supervision office assigned."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="tasks")
    minutes = models.ForeignKey(Minutes, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks")
    minutes_row = models.PositiveSmallIntegerField(null=True, blank=True)
    opinions = models.ManyToManyField(Opinion, blank=True, related_name="tasks")
    title = models.CharField(max_length=300)
    detail = models.TextField(blank=True)
    proposer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="proposed_tasks")
    state = models.CharField(
        max_length=12, default=TaskState.SUGGESTED, choices=[(state.value, state.value) for state in TaskState]
    )
    suggested_lead = models.CharField(max_length=80, blank=True)
    suggested_co = models.JSONField(default=list)
    suggested_due = models.CharField(max_length=40, blank=True)
    lead_unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="lead_tasks")
    co_units = models.ManyToManyField(Unit, blank=True, related_name="co_tasks")
    reference = models.CharField(max_length=100, blank=True)
    due = models.DateField(null=True, blank=True)
    look_back_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-changed_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["minutes", "minutes_row"], name="one_task_per_suggestion"),
            models.CheckConstraint(
                condition=models.Q(state__in=["SUGGESTED", "DROPPED", "CLAIMABLE"])
                | models.Q(lead_unit__isnull=False, due__isnull=False),
                name="assigned_to_somebody_until_some_day",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "state", "due"], name="tasks_by_state")]

    def __str__(self) -> str:
        return self.title


class TaskReply(models.Model):
    """答复: the lead unit's answer, with the class it gives itself."""

    task = models.ForeignKey(FollowUpTask, on_delete=models.CASCADE, related_name="replies")
    text = models.TextField()
    result_class = models.CharField(max_length=1, choices=[(one.value, one.value) for one in ResultClass])
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.result_class} {self.at:%Y-%m-%d}"


class ContactLog(models.Model):
    """沟通记录: when the unit talked to the proposer, before, during or after."""

    task = models.ForeignKey(FollowUpTask, on_delete=models.CASCADE, related_name="contacts")
    stage = models.CharField(max_length=6, choices=[(one.value, one.value) for one in ContactStage])
    on = models.DateField()
    note = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT)

    class Meta:
        ordering: ClassVar = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.stage} {self.on}"


class Evaluation(models.Model):
    """评价 of one reply by the proposer: 办理态度 and 办理结果 apart."""

    task = models.ForeignKey(FollowUpTask, on_delete=models.CASCADE, related_name="evaluations")
    reply = models.OneToOneField(TaskReply, on_delete=models.PROTECT, related_name="evaluation")
    attitude = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Rating])
    result = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Rating])
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.attitude} / {self.result}"


class TaskStep(models.Model):
    """One step on the timeline."""

    task = models.ForeignKey(FollowUpTask, on_delete=models.CASCADE, related_name="steps")
    action = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Action])
    to_state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d}"
