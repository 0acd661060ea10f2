"""The lab's own world: everything it starts lives in PID, mount, network, UTS and IPC namespaces of its own.

Whatever becomes of the run (end, failure, a signal, even SIGKILL), the kernel then ends every process, unmounts
every mount and removes every interface; so there is nothing to tear down by hand, and nothing to leave behind.
/run is a tmpfs of the lab's own: no socket of this machine's services is reached by accident.
"""

import ctypes
import os
import pathlib
import signal
import subprocess
import sys

BASE = pathlib.Path("/run/vsmlab")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "fuse", "net/tun")   # no kvm: hosts are alike everywhere

MOUNT_BIND, MOUNT_RECURSIVE, MOUNT_PRIVATE, UNMOUNT_DETACH = 0x1000, 0x4000, 0x40000, 2
NEW_MOUNT, NEW_UTS, NEW_IPC, NEW_PID, NEW_NET = 0x00020000, 0x04000000, 0x08000000, 0x20000000, 0x40000000
PR_SET_PDEATHSIG = 1
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

libc = ctypes.CDLL(None, use_errno=True)


def checked(result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def sh(command, **options):
    subprocess.run(command, shell=True, check=True, **options)


def die_with_parent(number):
    checked(libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0))


def run(inside):
    """Call inside() in a new world; returns its exit status when that world is gone."""
    checked(libc.unshare(NEW_MOUNT | NEW_UTS | NEW_IPC | NEW_PID | NEW_NET))
    init = os.fork()
    if init == 0:
        try:
            die_with_parent(signal.SIGKILL)
            status = init_process(inside)
        except BaseException as error:
            print(f"lab: cannot set up its namespaces: {error}", file=sys.stderr)
            status = 1
        os._exit(status)
    return wait_for(init)


def init_process(inside):
    """PID 1 of the lab: reaps orphans (QEMU makes itself one) and ends when the lab does."""
    make_mounts_private()
    make_filesystem()
    lab = os.fork()
    if lab == 0:
        for number in FORWARDED:
            signal.signal(number, lambda caught, _: sys.exit(128 + caught))
        leave_with(inside)
    return wait_for(lab)


def leave_with(inside):
    try:
        status = inside()
    except SystemExit as request:
        status = request.code if isinstance(request.code, int) else 1
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def wait_for(child):
    for number in FORWARDED:
        signal.signal(number, lambda caught, _: os.kill(child, caught))
    while True:
        pid, status = os.wait()
        if pid == child:
            return os.waitstatus_to_exitcode(status) & 0xff


def make_mounts_private():
    """No mount of ours reaches the machine. In a chroot, its directory becomes the root of our mount namespace."""
    place, root = os.getcwd(), os.stat("/")
    inside = os.open("/", os.O_RDONLY)
    checked(libc.setns(os.open("/proc/self/ns/mnt", os.O_RDONLY), NEW_MOUNT))      # leaves a chroot, if there is one
    checked(libc.mount(b"none", b"/", None, MOUNT_RECURSIVE | MOUNT_PRIVATE, None))
    if not os.path.samestat(root, os.stat("/")):
        os.fchdir(inside)
        path = os.readlink("/proc/self/cwd")
        checked(libc.mount(b".", path.encode(), None, MOUNT_BIND | MOUNT_RECURSIVE, None))
        os.chdir(path)
        checked(libc.pivot_root(b".", b"."))
        checked(libc.umount2(b".", UNMOUNT_DETACH))
    os.chdir(place)


def make_filesystem():
    sh("mount -t proc proc /proc && mount -t tmpfs -o mode=755 vsmlab /run")
    new = BASE / "dev"
    new.mkdir(parents=True)
    sh(f"mount -t tmpfs -o mode=755 vsmlab-dev {new}")
    for folder in ("net", "pts", "shm"):
        (new / folder).mkdir()
    for name in DEVICES:
        if os.path.exists(f"/dev/{name}"):
            (new / name).touch()
            sh(f"mount --bind /dev/{name} {new / name}")
    (new / "ptmx").symlink_to("pts/ptmx")
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        (new / name).symlink_to(f"/proc/self/fd{target}")
    sh(f"mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts {new}/pts && mount -t tmpfs vsmlab-shm {new}/shm"
       f" && mount --rbind {new} /dev")
