"""vsmigd as it runs on the source host: its configuration, its start and its end."""

import os
import re
import secrets
import signal
import subprocess

from client import Client
from hosts import HOSTS, SOURCE, SUBNET, SUBNET6, LabError, wait_until
from sandbox import BASE

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("LIBVIRT_")}
CONFIG = """\
[listener]
address = ::1
port = 0
certificate = {folder}/certificate.pem
private_key = {folder}/key.pem

[auth]
methods = basic
password_file = {folder}/passwords

[source]
uri = {uri}
name = {source}

[destination]
uri_template = qemu+tcp://{{host}}/system
allow = {allow}

[hosts]
resting = qemu+tcp://beta/system
narrow = qemu+tcp://beta/system
toy = test:///default
{hosts}

[host resting]
maintenance = yes

[host narrow]
max_migrations = 1

[check]
timeout = {timeout}
probe = {probe}
probe_migration = {migration}
probe_hooks = {by_name}
unknown = {unknown}
"""


class Daemon:
    def __init__(self, program, log, probe="auto", name="vsmigd", timeout="30s",
                 source=SOURCE, hosts="", migration="yes", by_name="yes", unknown="allow"):
        self.folder, self.settings = BASE / name, {
            "probe": probe, "migration": migration, "by_name": by_name, "unknown": unknown, "timeout": timeout, "hosts": hosts, "source": f"{source.name}.lab",
            "uri": "qemu:///system" if source is SOURCE else source.socket_uri}
        self.folder.mkdir()
        self.log = log
        password = secrets.token_urlsafe(12)
        self.write_files(password)
        with open(log, "wb") as output:
            self.process = subprocess.Popen([program, "--config", self.folder / "vsmigd.conf"], stderr=output,
                                            stdout=output, stdin=subprocess.DEVNULL, env=ENVIRONMENT)
        port = wait_until(f"{program} says that it listens; see {log}", self.port)
        self.client = Client(port, "lab", password, self.settings["source"])

    def write_files(self, password):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", f"/CN={SOURCE.name}.lab", "-addext", "subjectAltName=IP:::1,DNS:localhost",
                        "-keyout", self.folder / "key.pem", "-out", self.folder / "certificate.pem"],
                       check=True, capture_output=True)
        hashed = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=password, check=True,
                                capture_output=True, text=True).stdout
        passwords = self.folder / "passwords"
        passwords.write_text(f"lab:{hashed}")
        passwords.chmod(0o600)
        allow = [name for host in HOSTS for name in (host.name, f"{host.name}.lab")] + ["closed", "silent", "nowhere"]
        allow += [f"{SUBNET}.0/24", f"{SUBNET6}:/64"]
        (self.folder / "vsmigd.conf").write_text(CONFIG.format(folder=self.folder,
                                                               allow=", ".join(allow), **self.settings))

    def port(self):
        if self.process.poll() is not None:
            raise LabError(f"vsmigd ended with status {self.process.returncode}: {self.log.read_text()[-2000:]}")
        found = re.search(r"listening on \S*:(\d+)$", self.log.read_text(), re.MULTILINE)
        return int(found[1]) if found else None

    def stop(self):
        """Asks it to end; returns what was wrong with how it did, or None."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return "vsmigd did not end within 20 s of SIGTERM"
        return f"vsmigd ended with status {status}; see {self.log}" if status else None
