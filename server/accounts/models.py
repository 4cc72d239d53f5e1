"""Who there is: organisations, persons, their membership and office, and the accounts they sign in with.

A `Person` is a real human and may hold several memberships; an `Account` is how one person signs in. What somebody
may do in one meeting is not here: that is the `Participant` of the meeting.
"""

from enum import StrEnum
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from server.core import ids, strokes

UNRANKED = 10_000
"""The protocol order of whoever was given none."""


class OrganizationRole(StrEnum):
    """Office held for a whole organisation (meeting roles are per meeting, see `meetings.live.roles`)."""

    ADMIN = "ADMIN"
    SECURITY_ADMIN = "SECURITY_ADMIN"
    AUDITOR = "AUDITOR"
    SECRETARY = "SECRETARY"
    SUPERVISION_OFFICER = "SUPERVISION_OFFICER"
    UNIT_HANDLER = "UNIT_HANDLER"
    GROUP_CONVENOR = "GROUP_CONVENOR"


class Organization(models.Model):
    """A CPPCC committee or a liaison group: the tenant. A tree by `parent`."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=100, unique=True)
    short_name = models.CharField(max_length=50)
    brand = models.CharField(max_length=50, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Sector(models.Model):
    """界别: a statutory grouping of an organisation's members, in protocol order."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    name = models.CharField(max_length=50)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "name"], name="one_sector_per_name")]

    def __str__(self) -> str:
        return self.name


class Committee(models.Model):
    """专委会: a standing special committee."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="one_committee_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """承办单位: a department or company that can answer and be assigned a task, in 建制 order."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "name"], name="one_unit_per_name")]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """A real human. Names are stored without the space that print puts into two-character names."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    name = models.CharField(max_length=50)
    title = models.CharField(max_length=100, blank=True)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.SET_NULL)
    phone_last4 = models.CharField(max_length=4, blank=True)
    protocol_order = models.PositiveIntegerField(default=UNRANKED)

    class Meta:
        ordering: ClassVar = ["protocol_order", "name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def position(self) -> int:
        """Where the person stands in lists: leaders as ranked by hand, then 按姓氏笔画为序, then departments 按建制."""
        if self.protocol_order < UNRANKED:
            return self.protocol_order
        if self.unit is not None:
            return UNRANKED + strokes.LAST + self.unit.position
        return UNRANKED + strokes.place(self.name)


class Member(models.Model):
    """委员: a person's membership in one organisation and one sector."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT)
    committees = models.ManyToManyField(Committee, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "organization"], name="one_membership_per_organization")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.organization_id}"


class Appointment(models.Model):
    """One office of one person for a whole organisation."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="appointments")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE)
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in OrganizationRole])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "organization", "role"], name="one_appointment_per_role")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; `create_superuser` is deliberately absent: there is no all-powerful account (三员分立)."""

    def create_user(
        self, *, username: str, password: str, person: Person, must_change_password: bool = True
    ) -> "Account":
        """A new account whose initial password has to be changed at the first sign-in."""
        account = Account(username=username, person=person, must_change_password=must_change_password)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """How one person signs in."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    username = models.CharField(max_length=50, unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    must_change_password = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = []

    def __str__(self) -> str:
        return self.username

    def roles(self) -> set[OrganizationRole]:
        """The offices of this account's person in the person's own organisation."""
        rows = Appointment.objects.filter(person_id=self.person_id, organization_id=self.person.organization_id)
        return {OrganizationRole(role) for role in rows.values_list("role", flat=True)}
