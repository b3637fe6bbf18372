"""Changes to the files and to HAProxy together, under one host-wide lock.

The files are written first: a process that dies in between leaves HAProxy serving what it served, and files
that lead, after a reload, to a version that has already answered through the gateway. `look` sees the
difference.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

from homeport.errors import GatewayFailed
from homeport.home.gateway.folder import (
    MAP_IN_CONTAINER,
    Contents,
    Folder,
    is_ours,
    render,
    with_route,
    without_route,
)
from homeport.home.gateway.key import RouteKey
from homeport.home.gateway.lock import gateway_lock
from homeport.home.gateway.runtime import Runtime
from homeport.home.gateway.slots import Slot, Snapshot
from homeport.home.gateway.view import View, view
from homeport.home.home import Home
from homeport.host import Lock

ASKS = "virt@asks"  # the map of tokens; it exists only in HAProxy's memory


class Routes:
    """The steps that a switch and a removal are made of."""

    def __init__(self, home: Home, container: str) -> None:
        self.runtime = Runtime(home, container)
        self.folder = Folder(home)
        self._home = home

    def lock(self, key: RouteKey) -> AbstractContextManager[Lock]:
        return gateway_lock(self._home, f"the route {key}")

    def read(self) -> tuple[Contents, Snapshot]:
        """Both at once: each is a way to the server and back."""
        with ThreadPoolExecutor(1) as pool:
            snapshot = pool.submit(self.runtime.snapshot)
            return self.folder.read(), snapshot.result()

    def view(self, key: RouteKey) -> View:
        return view(key, *self.read())

    # ------------------------------------------------------------- repairing

    def sound(self, key: RouteKey) -> View:
        """The route with its files in order, made or mended where they were not. Who serves stays as it is"""
        found = self.view(key)
        if found.is_sound:
            return found
        with self.lock(key):
            contents, snapshot = self.read()
            self._mend(view(key, contents, snapshot), contents)
        return self.view(key)

    def _mend(self, found: View, contents: Contents) -> None:
        wanted = render(found.key, found.live)
        if found.text != wanted:
            self.folder.write(found.key, wanted)
        if found.ready:
            self._write_line(found.key, contents)
        if found.needs_reload:
            self._reload_or_put_back(found)
        elif found.ready:
            self.runtime.change(*_line_commands(found))

    def _reload_or_put_back(self, found: View) -> None:
        try:
            self.runtime.reload()
        except GatewayFailed:
            if found.text is None or is_ours(found.key, found.text):
                self.folder.write(found.key, found.text)
            raise

    def _write_line(self, key: RouteKey, contents: Contents) -> None:
        wanted = with_route(contents.map, key)
        if contents.map != wanted:
            self.folder.write_map(wanted)

    # ------------------------------------------------------------- switching

    def release(self, slot: Slot) -> None:
        """No new request for this slot."""
        self.runtime.change(f"set server {slot.backend}/{slot.name} state drain")

    def offer(self, slot: Slot, address: str, token: str) -> None:
        """Put the address into the slot for the bearer of the token: a draining server takes no others."""
        server = f"{slot.backend}/{slot.name}"
        self.runtime.change(
            _set_address(server, address),
            f"set server {server} state drain",
            f"add map {ASKS} {token} {server}",
        )

    def withdraw(self, slot: Slot, token: str) -> None:
        """Take back what was offered."""
        self.runtime.change(f"set server {slot.backend}/{slot.name} state maint", _forget(token))

    def commit(self, key: RouteKey, slot: Slot, address: str, token: str) -> Snapshot:
        """Every new request to this slot, now and after a reload; or all as it was, and GatewayFailed.

        Returns what runs after it.
        """
        with self.lock(key):
            contents, snapshot = self.read()
            before = view(key, contents, snapshot)
            written = contents.having(key, render(key, {slot.name: address}))
            try:
                self.folder.write(key, written.files[key.file])
                self._write_line(key, contents)
                return self._turn(before, written, slot, address, token)
            except BaseException:
                self._put_back(before, contents, slot, token)
                raise

    def _turn(self, before: View, written: Contents, slot: Slot, address: str, token: str) -> Snapshot:
        server = f"{slot.backend}/{slot.name}"
        others = [other for other in before.ready if other.name != slot.name]
        replies, snapshot = self.runtime.change_and_look(
            _set_address(server, address),  # once more: a reload meanwhile has forgotten it
            f"set server {server} state ready",
            *_line_commands(before),
            *(f"set server {other.backend}/{other.name} state drain" for other in others),
            _forget(token),
        )
        after = view(before.key, written, snapshot)
        if not after.serves_only(address) or after.drift:
            raise GatewayFailed(
                f"HAProxy did not switch {before.key} to {address}.",
                detail="\n".join((*filter(None, replies), after.drift)).strip(),
                next_step="What served before serves on. Run the same command again.",
            )
        return snapshot

    def _put_back(self, before: View, contents: Contents, slot: Slot, token: str) -> None:
        self.folder.write(before.key, before.text)
        self.folder.write_map(contents.map)
        ready = [f"set server {other.backend}/{other.name} state ready" for other in before.ready]
        line = [] if before.running_line else [f"del map {MAP_IN_CONTAINER} {before.key.prefix}"]
        self.runtime.change(*ready, f"set server {slot.backend}/{slot.name} state maint", *line, _forget(token))

    def rest(self, slots: Iterable[Slot]) -> None:
        """Into maintenance with those that are not ready, once their requests have ended."""
        leaving = [slot for slot in slots if not slot.is_ready and not slot.is_resting]
        self.runtime.change(*(f"set server {slot.backend}/{slot.name} state maint" for slot in leaving))

    # -------------------------------------------------------------- removing

    def close(self, key: RouteKey) -> None:
        """No new request to this route: neither now nor after a reload."""
        with self.lock(key):
            contents, snapshot = self.read()
            found = view(key, contents, snapshot)
            self.folder.write_map(without_route(contents.map, key))
            if found.text is not None:
                self.folder.write(key, render(key, {}))
            line = [f"del map {MAP_IN_CONTAINER} {key.prefix}"] if found.running_line else []
            drains = [f"set server {slot.backend}/{slot.name} state drain" for slot in found.ready]
            self.runtime.change(*line, *drains)

    def drop(self, key: RouteKey) -> None:
        """Remove the file of a closed route. One that was opened again meanwhile is left alone."""
        with self.lock(key):
            found = self.view(key)
            if found.ready or found.line:
                return
            if found.text is not None or found.slots:
                self.folder.write(key, None)
                self._reload_or_put_back(found)


def _set_address(server: str, address: str) -> str:
    ip, _, port = address.rpartition(":")
    return f"set server {server} addr {ip} port {port}"


def _forget(token: str) -> str:
    return f"del map {ASKS} {token}"


def _line_commands(found: View) -> list[str]:
    if found.running_line == found.key.backend:
        return []
    verb = "set" if found.running_line else "add"
    return [f"{verb} map {MAP_IN_CONTAINER} {found.key.prefix} {found.key.backend}"]
