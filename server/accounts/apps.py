"""The accounts app: organisations, people and how they sign in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Organisations, persons, members and accounts."""

    name = "server.accounts"
    label = "accounts"
