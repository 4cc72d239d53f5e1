"""A network lab: people at the end of access lines of their own, each as bad as a story wants.

A line is a network namespace joined to ours by a cable (`network.py`). What the kernel can do, it does: random loss and
blocked UDP by nft, a narrow link by tbf. It has no netem: delay, jitter and disorder are made on a `SlowCable`. Only
media suffers: a page's own connection to the product comes in at a door of its own (`listen`). When a line is closed,
nothing of it is left.
"""

import socket
from pathlib import Path

from tests.integration.media.network import Elsewhere, run
from tests.integration.media.slow_cable import SlowCable, whole_packets

# tbf must be able to pass a whole packet at once, and holds back as much as a home router does.
_BURST = "4kb"
_QUEUE = "250ms"


class Line(Elsewhere):
    """The access line number `number`: the server is at `server`, its people are at `home`."""

    def __init__(self, number: int = 1, *, delay: float = 0.0) -> None:
        self.server, self.home = f"198.18.{number}.1", f"198.18.{number}.2"
        super().__init__(here=[self.server], there=[self.home])
        self.cable = self._lengthen() if delay else None
        if self.cable is not None:
            self.cable.up.delay = self.cable.down.delay = delay
        # Also our other addresses are reached through the cable.
        run(*self.inside("ip", "route", "add", "default", "via", self.server))
        # An address that goes takes no other one with it.
        run(*self.inside("sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/all/promote_secondaries"))
        self._moves = 0

    def _lengthen(self) -> SlowCable:
        """Cut the cable in two, and put ourselves between the ends."""
        run("ip", "link", "del", self.near)
        ends = [f"{word}{self._keeper.pid}" for word in ("from", "to")]
        run("ip", "link", "add", self.near, "type", "veth", "peer", "name", ends[0])
        pid = str(self._keeper.pid)
        run("ip", "link", "add", ends[1], "type", "veth", "peer", "name", self.far, "netns", pid)
        for end in ends:
            # The kernel must not answer for our addresses there, or packets would go round the cable.
            run("ip", "link", "set", end, "arp", "off", "up")
        self._dress([], self.near, self.here)
        self._dress(self.inside(), self.far, self.there)
        whole_packets(self.near)
        with self.visit():
            whole_packets(self.far)
        return SlowCable(*ends)

    def close(self) -> None:
        if self.cable is not None:
            self.cable.close()
        run("nft", f"add table inet {self.near}\ndelete table inet {self.near}")
        run("ip", "link", "del", self.near)
        super().close()

    # --- weather --------------------------------------------------------------------------------------------------

    def lose(self, *, up: float = 0.0, down: float = 0.0) -> None:
        """So many of the datagrams are lost at random, of 1."""
        self._rules(up=_dice(up), down=_dice(down))

    def only_the_web(self) -> None:
        """A firewall that lets nothing out but HTTPS."""
        self._rules(up=["meta l4proto udp drop", "tcp dport != 443 drop"], down=["meta l4proto udp drop"])

    def cut(self) -> None:
        """Media goes nowhere, and nobody says so."""
        self._rules(up=["meta l4proto udp drop"], down=["meta l4proto udp drop"])

    def narrow(self, *, up: int | None = None, down: int | None = None) -> None:
        """Kilobits per second; None is as fast as the machine."""
        self._shape([], self.near, down)
        self._shape(self.inside(), self.far, up)

    def mend(self) -> None:
        """A good line again."""
        self._rules(up=[], down=[])
        self.narrow()

    def move(self) -> None:
        """From the wire to the telephone: another address, and the old one is gone."""
        self._moves += 1
        network = self.home.rsplit(".", 1)[0]
        fresh = f"{network}.{100 + self._moves}"
        run(*self.inside("ip", "address", "add", f"{fresh}/24", "dev", self.far))
        run(*self.inside("ip", "address", "del", f"{self.home}/24", "dev", self.far))
        self.home = fresh

    def _rules(self, *, up: list[str], down: list[str]) -> None:
        """What does not arrive at the other end. Nobody is told: a sender whose own firewall drops gets an error."""
        for prefix, link, rules in (([], self.near, up), (self.inside(), self.far, down)):
            text = [f"add table inet {link}", f"flush table inet {link}"]
            text.append(f"add chain inet {link} come {{ type filter hook input priority 0; }}")
            text += [f'add rule inet {link} come iifname "{link}" {rule}' for rule in rules]
            run(*prefix, "nft", "\n".join(text))

    def _shape(self, prefix: list[str], link: str, rate: int | None) -> None:
        if rate is not None:
            tbf = ["tbf", "rate", f"{rate}kbit", "burst", _BURST, "latency", _QUEUE]
            run(*prefix, "tc", "qdisc", "replace", "dev", link, "root", *tbf)
        elif "tbf" in run(*prefix, "tc", "qdisc", "show", "dev", link):
            run(*prefix, "tc", "qdisc", "del", "dev", link, "root")

    # --- people ---------------------------------------------------------------------------------------------------

    def program(self, program: str, folder: Path) -> Path:
        """A stand-in for the program that starts it at the far end."""
        script = folder / f"{Path(program).name}-{self.far}"
        script.write_text(f'#!/bin/sh\nexec nsenter --net={self.door} {program} "$@"\n')
        script.chmod(0o755)
        return script

    def listen(self, port: int) -> socket.socket:
        """A door at the far end's own 127.0.0.1, where pages may use cameras."""
        with self.visit():
            return socket.create_server(("127.0.0.1", port))


def _dice(share: float) -> list[str]:
    return [f"meta l4proto udp numgen random mod 1001 < {round(share * 1000)} drop"] if share else []
