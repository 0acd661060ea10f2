"""The way of the data: the addresses they may be sent to, and the credentials of both ends."""

import functools
import shutil

import libvirt

import prepare
import settings
from guests import Guest, disk
from hosts import BY_NAME, LOCAL, sh
from sandbox import BASE
from scenario import Scenario

S = functools.partial(Scenario, way=True)
TLS = (settings.transport(3, flags=libvirt.VIR_MIGRATE_TLS),)
TLS_STRICT = (settings.transport(4, flags=libvirt.VIR_MIGRATE_TLS, tls_name="beta"),)
NO_CREDENTIALS = (1, "credentials")
HERE, THERE, BOTH = ("alpha",), ("beta",), ("alpha", "beta")
CLIENT, SERVER = ("client-cert", "client-key"), ("server-cert", "server-key")
NOT_ITS_OWN = (1, "Cannot assign requested address")
TWO = ("10.77.0.13", "10.77.0.101")


def to(*addresses, **how):
    return (settings.address(*addresses, **how),)


@functools.cache
def certificates():
    """A folder with what QEMU's TLS wants of a host; one for all of them."""
    where = BASE / "certificates"
    where.mkdir()
    names = ",".join([*(f"IP:{address}" for host in BY_NAME.values() for address in host.addresses),
                      *(f"DNS:{name}" for name in BY_NAME)])
    sh(f"cd {where} && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lab-ca -keyout ca-key.pem"
       " -out ca-cert.pem -addext keyUsage=critical,keyCertSign 2>/dev/null"
       " && openssl req -newkey rsa:2048 -nodes -subj /CN=lab -keyout server-key.pem -out lab.csr 2>/dev/null"
       f" && printf 'subjectAltName={names}\nkeyUsage=critical,digitalSignature,keyEncipherment\n' > lab.ext"
       " && openssl x509 -req -in lab.csr -CA ca-cert.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile lab.ext"
       " -out server-cert.pem 2>/dev/null && cp server-cert.pem client-cert.pem && cp server-key.pem client-key.pem"
       " && chmod a+r *.pem")
    return where


def credentials(*hosts, without=()):
    """For QEMU's TLS, where libvirt looks for them when nothing is configured."""
    def step(_):
        for host in hosts:
            there = BY_NAME[host].folder / "pki/qemu"
            shutil.copytree(certificates(), there)
            for name in without:
                (there / f"{name}.pem").unlink()
    return step


def further_address(host, address):
    """On a bridge, with which it goes."""
    def step(hosts):
        prepare.bridge(host, "br-way")(hosts)
        sh(f"ip -n {BY_NAME[host].netns} addr add {address}/32 dev br-way")
    return step


ROWS = (
    # Addresses
    S("second address of the target", settings=to("10.77.0.101")),
    S("IPv6 address of the target", settings=to("fd77::12")),
    S("IPv6 address of a host without another", to="epsilon", settings=to("fd77::15")),
    S("IPv4 address as an IPv6 one", settings=to("::ffff:10.77.0.12")),
    S("address at which nobody waits", settings=to("fd77::12", listen=False), unseen="fd77::12",
      refused=(38, "Connection refused")),
    S("address of a third host", settings=to("10.77.0.13"), code=6, finds=("VSM3016",), probed="10.77.0.13",
      refused=NOT_ITS_OWN),
    S("address of a third host, where nobody waits", settings=to("10.77.0.13", listen=False), code=6,
      finds=("VSM3016",), probed="10.77.0.13", refused=(38, "Connection refused")),
    S("address of a third host, resume", type="resume", settings=to("10.77.0.13"), code=6, finds=("VSM3016",),
      probed="10.77.0.13", refused=NOT_ITS_OWN),
    S("address of a third host, restart", type="restart", settings=to("10.77.0.13", listen=False)),
    S("address of no host", settings=to("10.77.0.99", listen=False), code=6, finds=("VSM3016",), probed="10.77.0.99",
      refused=(38, "No route to host")),
    S("IPv6 address of a third host", settings=to("fd77::13"), code=6, finds=("VSM3016",), probed="fd77::13",
      refused=NOT_ITS_OWN),
    S("IPv4 address for a host with IPv6 alone", to="epsilon", settings=to("10.77.0.15"), code=6, finds=("VSM3016",),
      probed="10.77.0.15", refused=NOT_ITS_OWN),
    S("IPv6 address of a link alone", settings=to("fe80::12", listen=False), code=6, finds=("VSM3016",),
      refused=(38, "Invalid argument")),
    S("two addresses, the second of the target", settings=to(*TWO, taken=TWO[1])),
    S("two addresses, none of the target", settings=to("10.77.0.13", "fd77::14"), code=6, finds=("VSM3016",),
      probed="10.77.0.13", refused=NOT_ITS_OWN),
    S("address of the target, no way there", hosts=(further_address("beta", "192.0.2.12"),), settings=to("192.0.2.12"),
      code=5, finds=("VSM2010",), refused=(38, "Network is unreachable")),
    S("two addresses of the target, a way to the second", hosts=(further_address("beta", "192.0.2.12"),),
      settings=to("192.0.2.12", "10.77.0.101", taken="10.77.0.101")),

    # Credentials
    S("TLS", settings=TLS, hosts=(credentials(*BOTH),)),
    S("TLS, resume", type="resume", settings=TLS, hosts=(credentials(*BOTH),)),
    S("TLS, strict, copy", Guest((disk(folder=LOCAL),)), type="with storage", settings=TLS_STRICT,
      hosts=(credentials(*BOTH), prepare.pool("beta", "attic", LOCAL))),
    S("TLS, no credentials, resume", type="resume", settings=TLS_STRICT, code=6, finds=("VSM3004",), probed="TLS",
      refused=NO_CREDENTIALS),
    S("TLS, no credentials, restart", type="restart", settings=TLS),
    S("TLS, credentials of the target alone", settings=TLS, hosts=(credentials(*THERE),), code=6, finds=("VSM3004",),
      probed="TLS", refused=NO_CREDENTIALS),
    S("TLS, credentials of the target alone, resume", type="resume", settings=TLS_STRICT, hosts=(credentials(*THERE),),
      code=6, finds=("VSM3004",), probed="TLS", refused=NO_CREDENTIALS),
    S("TLS, credentials of the source alone", settings=TLS, hosts=(credentials(*HERE),), code=6, finds=("VSM3004",),
      probed="TLS", refused=NO_CREDENTIALS),
    S("TLS, each its own end", settings=TLS,
      hosts=(credentials(*HERE, without=SERVER), credentials(*THERE, without=CLIENT))),
    S("TLS, no certificate of the client", settings=TLS, hosts=(credentials(*HERE, without=CLIENT), credentials(*THERE)),
      code=6, finds=("VSM3004",), probed="TLS", refused=((1, 9), "TLS channel|unexpectedly failed|socket")),
    S("TLS, no certificate of the server", settings=TLS, hosts=(credentials(*HERE), credentials(*THERE, without=SERVER)),
      code=6, finds=("VSM3004",), probed="TLS", refused=NO_CREDENTIALS),
)
