"""The exported pages behind a real Caddy or nginx, with a back end that serves no page, for tests."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx2

from tests.e2e.serving import ROOT, Server
from tests.services.real_server import RealServer, free_port
from tests.services.web_servers import find

SHOWN_SERVER = "http://localhost"


class Exported(Server):
    """`make export`, its back end on a port of its own, and the web server `kind` (caddy, nginx) on `port`.

    Split: the pages are at chat.example.test and talk to api.example.test; browsers must be told where these are.
    """

    def __init__(
        self, kind: str, data_dir: Path, port: int, root: Path = ROOT, *, split: bool = False, **settings: str
    ) -> None:
        self.pages_url = f"http://chat.example.test:{port}" if split else f"http://localhost:{port}"
        backend_port = free_port()
        backend_url = f"http://api.example.test:{backend_port}" if split else self.pages_url
        addresses = {"CHATAPP_PUBLIC_URL": backend_url}
        addresses |= {"CHATAPP_ALLOWED_ORIGINS": self.pages_url} if split else {"CHATAPP_TRUSTED_PROXY_HOPS": "1"}
        super().__init__(data_dir, backend_port, root, **{**addresses, **settings})
        self.command = [*self.command, "--backend-only"]
        self.folder = data_dir.parent / f"export-{port}"
        self.folder.mkdir()
        self.pages_port = port
        self.web_server = self._caddy(split) if kind == "caddy" else self._nginx(split)

    def start(self) -> None:
        """Export, start the back end, then the web server in front of it."""
        export = [sys.executable, "-m", "chatapp", "export", "--to", str(self.folder)]
        done = subprocess.run(export, cwd=self.root, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        super().start()
        self.url, self.port = self.pages_url, self.pages_port
        try:
            self.web_server.start()
        except AssertionError:  # nobody would end what has not started
            super().terminate()
            raise

    def terminate(self) -> int:
        """End both; returns the exit code of the back end."""
        self.web_server.stop()
        return super().terminate()

    def _caddy(self, split: bool) -> RealServer:
        config = self.root / "deploy" / ("Caddyfile.split" if split else "Caddyfile")
        told = {
            "CHATAPP_PAGES_URL": f"http://:{self.pages_port}",
            "CHATAPP_EXPORT": str(self.folder),
            "CHATAPP_BACKENDS": f"127.0.0.1:{self.port}",
            "XDG_DATA_HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
            "CADDY_ADMIN": "off",
        }
        command = [find("caddy"), "run", "--adapter", "caddyfile", "--config", str(config)]
        return self._in_front(command, told)

    def _nginx(self, split: bool) -> RealServer:
        for name in ("pages.nginx", "nginx.split.conf" if split else "nginx.conf"):
            text = (self.root / "deploy" / name).read_text()
            text = text.replace("/srv/chatapp", str(self.folder))
            text = text.replace("listen 80;", f"listen 127.0.0.1:{self.pages_port};")
            target = self.folder / ("pages.nginx" if name == "pages.nginx" else "site.conf")
            target.write_text(text.replace("127.0.0.1:3001", f"127.0.0.1:{self.port}"))
        (self.folder / "main.conf").write_text(NGINX_MAIN.format(folder=self.folder))
        options = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")  # files of tests are root's alone
        command = [find("nginx"), "-p", str(self.folder), "-e", "stderr", "-c", "main.conf", "-g", options]
        return self._in_front(command, {})

    def _in_front(self, command: list[str], told: Mapping[str, str]) -> RealServer:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("CHATAPP_")}
        log = self.folder / "web-server.log"
        return RealServer(command, log, self._serves_pages, environment={**inherited, **told}, folder=self.folder)

    def _serves_pages(self) -> bool:
        host = self.pages_url.removeprefix("http://")
        try:
            found = httpx2.get(f"{SHOWN_SERVER}:{self.pages_port}/login", headers={"host": host}, timeout=2)
        except httpx2.HTTPError:
            return False
        return found.status_code == 200


NGINX_MAIN = """
pid {folder}/nginx.pid;
worker_rlimit_nofile 20000;
events {{ worker_connections 8192; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
"""What the system's nginx.conf does around a site, for any user and away from the system's folders."""
