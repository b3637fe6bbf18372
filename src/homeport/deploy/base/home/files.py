"""Files of the installation's folder that containers of the base mount. Nothing of them passes through Terraform."""

from dataclasses import dataclass

from homeport.home import registry
from homeport.home.drivers import REGISTRY_USER, Drivers
from homeport.home.gateway import prepare as prepare_gateway

MOUNTED = "/etc/docker/registry/htpasswd"


@dataclass(frozen=True, slots=True)
class BaseFiles:
    """Writes them; what is there already and right stays untouched."""

    drivers: Drivers

    def prepare(self) -> None:
        """The gateway's folders, the registry's configuration and passwords, the superuser's password."""
        home, secrets = self.drivers.home, self.drivers.secrets
        home.host.files.make_folder(home.folder)
        prepare_gateway(home)
        for folder in ("postgres", "registry"):
            home.host.files.make_folder(home.path(folder), mode=0o755)
        self._write("postgres/password", secrets.password("base", "postgres").reveal())
        uploads = secrets.password("base", "registry-uploads")
        self._write("registry/config.yml", registry.config(uploads, htpasswd=MOUNTED))
        logins = {REGISTRY_USER: secrets.password("base", "registry")}
        if not registry.is_current(self._read("registry/htpasswd"), logins):
            self._write("registry/htpasswd", registry.htpasswd(logins))

    def owner(self) -> str:
        """`uid:gid` of the installation's folder: the gateway runs as it, so that both sides can use the folder."""
        shown = self.drivers.home.host.run(["stat", "-c", "%u:%g", self.drivers.home.folder])
        return shown.stdout.decode().strip()

    def _write(self, name: str, text: str) -> None:
        """Readable by the container's user: the installation's folder itself is closed to everybody else."""
        if self._read(name) != text:
            home = self.drivers.home
            home.host.files.write(home.path(name), text.encode(), mode=0o644)

    def _read(self, name: str) -> str:
        try:
            return self.drivers.home.host.files.read(self.drivers.home.path(name)).decode()
        except FileNotFoundError:
            return ""
