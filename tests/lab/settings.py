"""New settings: each as the caller of the daemon gives it, and as the judge gives it to libvirt."""

import dataclasses
import re
from xml.sax.saxutils import escape

import libvirt

FOR_MIGRATION = libvirt.VIR_DOMAIN_XML_MIGRATABLE | libvirt.VIR_DOMAIN_XML_SECURE
SYSTEM, RESOURCE = "NewSystemSettingData", "NewResourceSettingData"


def instance(name, **properties):
    """An embedded instance in CIM-XML; a list is an array property."""
    return f'<INSTANCE CLASSNAME="{name}">' + "".join(map(prop, properties, properties.values())) + "</INSTANCE>"


def prop(name, value):
    kind = "uint64" if isinstance(value, int) else "string"
    if name in ("ResourceType", "MigrationType", "TransportType", "Priority", "Access"):
        kind = "uint16"
    if isinstance(value, bool):
        kind, value = "boolean", str(value).lower()
    if isinstance(value, list):
        items = "".join(f"<VALUE>{escape(item)}</VALUE>" for item in value)
        return f'<PROPERTY.ARRAY NAME="{name}" TYPE="{kind}"><VALUE.ARRAY>{items}</VALUE.ARRAY></PROPERTY.ARRAY>'
    return f'<PROPERTY NAME="{name}" TYPE="{kind}"><VALUE>{escape(str(value))}</VALUE></PROPERTY>'


class Setting:
    """argument: which one it is given in; migration: properties of MigrationSettingData; flags: of the real move."""
    argument = ""
    migration = ()
    flags = 0

    def parameters(self, _):
        return {}

    def holds(self, _):
        return True


@dataclasses.dataclass(frozen=True)
class Migration(Setting):
    migration: tuple            # of (name, value)
    given: tuple = ()           # of (parameter of virDomainMigrate3, value)
    flags: int = 0

    def parameters(self, _):
        return dict(self.given)


@dataclasses.dataclass(frozen=True)
class Rename(Setting):
    name: str
    argument = SYSTEM

    def asked(self, vm_uuid):
        return instance("CIM_VirtualSystemSettingData", InstanceID=f"vsmigd:{vm_uuid}", ElementName=self.name)

    def parameters(self, _):
        return {libvirt.VIR_MIGRATE_PARAM_DEST_NAME: self.name}

    def holds(self, vm):
        return vm.name() == self.name


@dataclasses.dataclass(frozen=True)
class Resource(Setting):
    device: str                 # how INTERFACE.md names it: alias, memory, vcpu
    properties: tuple           # of (name, value)
    change: tuple               # (regular expression, replacement) in the domain's XML
    argument = RESOURCE

    def asked(self, vm_uuid):
        return instance("CIM_ResourceAllocationSettingData", InstanceID=f"vsmigd:{vm_uuid}:{self.device}",
                        **dict(self.properties))

    def parameters(self, vm):
        xml, count = re.subn(*self.change, vm.XMLDesc(FOR_MIGRATION))
        assert count == 1, f"{self.change} changes {count} places"
        return {libvirt.VIR_MIGRATE_PARAM_DEST_XML: xml}

    def holds(self, vm):
        xml = vm.XMLDesc(FOR_MIGRATION)
        return re.sub(*self.change, xml) == xml


@dataclasses.dataclass(frozen=True)
class System(Resource):
    """Of the virtual system as a whole."""
    argument = SYSTEM

    def asked(self, vm_uuid):
        return instance("CIM_VirtualSystemSettingData", **dict(self.properties))


@dataclasses.dataclass(frozen=True)
class NewDevice(Resource):
    """Of no device that the virtual system has."""

    def asked(self, vm_uuid):
        return instance("CIM_ResourceAllocationSettingData", **dict(self.properties))


def system_uuid(value):
    return System("", (("VirtualSystemIdentifier", value),), (r"<uuid>[^<]*<", f"<uuid>{value}<"))


def one_disk_more(target, path, named):
    """named: the caller speaks of it as of one that is there."""
    change = (r"</devices>", f"<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{path}'/>"
                             f"<target dev='{target}' bus='virtio'/></disk></devices>")
    properties = (("ResourceType", 31), ("HostResource", [str(path)]))
    if named:
        return Resource(target, properties, change)
    return NewDevice(target, (*properties, ("AddressOnParent", target)), change)


def vcpus(count):
    return Resource("vcpu", (("ResourceType", 3), ("VirtualQuantity", count)),
                    (r"(<vcpu [^>]*>)\d+<", rf"\g<1>{count}<"))


def memory(mib):
    return Resource("memory", (("ResourceType", 4), ("VirtualQuantity", mib), ("AllocationUnits", "byte * 2^20")),
                    (r"(<memory unit='KiB'>)\d+<", rf"\g<1>{mib * 1024}<"))


def nic_on(network):
    return Resource("net0", (("ResourceType", 10), ("Connection", [network])),
                    (r"<source network='[^']*'[^>]*/>", f"<source network='{network}'/>"))


def disk_at(target, path):
    return Resource(target, (("ResourceType", 31), ("HostResource", [str(path)])),
                    (r"<source file='[^']*'", f"<source file='{path}'"))


def nic_model(model):
    return Resource("net0", (("ResourceType", 10), ("ResourceSubType", model)),
                    (r"<model type='[^']*'/>", f"<model type='{model}'/>"))


def bandwidth(amount, unit, mib):
    return Migration((("Bandwidth", amount), ("BandwidthUnit", unit)), ((libvirt.VIR_MIGRATE_PARAM_BANDWIDTH, mib),))


def transport(kind, other="", flags=0, uri="", tls_name=""):
    """tls_name: whose certificate the target's must be, of TLS Strict."""
    given = ((libvirt.VIR_MIGRATE_PARAM_URI, uri),) if uri else ()
    given += ((libvirt.VIR_MIGRATE_PARAM_TLS_DESTINATION, tls_name),) if tls_name else ()
    return Migration((("TransportType", kind), *([("OtherTransportType", other)] if other else [])), given, flags)


def address(*addresses, taken=None, listen=True):
    """taken: the first of them that is the target's, and can be reached; listen: the target waits there and nowhere
    else, whatever its qemu.conf says."""
    taken = taken or addresses[0]
    given = ((libvirt.VIR_MIGRATE_PARAM_URI, f"tcp://[{taken}]" if ":" in taken else f"tcp://{taken}"),)
    if listen:
        given += ((libvirt.VIR_MIGRATE_PARAM_LISTEN_ADDRESS, taken),)
    return Migration((("DestinationIPAddressList", list(addresses)),), given)


def nic_mac(mac):
    return Resource("net0", (("ResourceType", 10), ("Address", mac)),
                    (r"<mac address='[^']*'/>", f"<mac address='{mac}'/>"))


def read_only(target):
    return Resource(target, (("ResourceType", 31), ("Access", 1)),
                    (r"(<target dev='vda' bus='virtio'/>)", r"\1<readonly/>"))
