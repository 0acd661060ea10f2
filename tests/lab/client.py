"""Asks vsmigd, over HTTPS, as a WS-Management client does: one Invoke, with HTTP Basic."""

import base64
import dataclasses
import http.client
import ssl
import time
import uuid
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

from settings import instance

CIM = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
SERVICE, ADVISOR = "CIM_VirtualSystemMigrationService", "VSMIG_MigrationAdvisor"
CHECK, EXPLAIN = "CheckVirtualSystemIsMigratableToHost", "ExplainVirtualSystemIsMigratableToHost"
RANK = "RankDestinations"
TYPES = {"offline": 1, "live": 2, "resume": 3, "restart": 4, "with storage": 32771}
ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" \
xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" \
xmlns:wsman="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:p="{uri}"><s:Header>\
<wsa:Action s:mustUnderstand="true">{uri}/{method}</wsa:Action>\
<wsa:To s:mustUnderstand="true">https://[::1]/wsman</wsa:To>\
<wsman:ResourceURI s:mustUnderstand="true">{uri}</wsman:ResourceURI>\
<wsa:MessageID s:mustUnderstand="true">uuid:{message}</wsa:MessageID>\
<wsa:ReplyTo><wsa:Address>{anonymous}</wsa:Address></wsa:ReplyTo>\
<wsman:OperationTimeout>PT{timeout}S</wsman:OperationTimeout>{selectors}</s:Header>\
<s:Body><p:{method}_INPUT>{arguments}</p:{method}_INPUT></s:Body></s:Envelope>"""


@dataclasses.dataclass
class Answer:
    code: int
    migratable: bool | None
    findings: list = dataclasses.field(default_factory=list)
    seconds: float = 0


class Fault(Exception):
    """The daemon answered with a SOAP fault or nothing that is understood."""


def selector_set(**keys):
    items = "".join(f'<wsman:Selector Name="{name}">{escape(value)}</wsman:Selector>' for name, value in keys.items())
    return f"<wsman:SelectorSet>{items}</wsman:SelectorSet>"


class Client:
    def __init__(self, port, user, password, host_name):
        self.port, self.host_name = port, host_name
        self.authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self.context = ssl._create_unverified_context()     # the lab makes the certificate itself

    def check(self, scenario):
        began = time.monotonic()
        reply = self.invoke(SERVICE, CHECK, scenario)
        code, migratable = int(reply["ReturnValue"][0]), verdict(reply)
        return Answer(code, migratable, seconds=time.monotonic() - began)

    def explain(self, scenario):
        began = time.monotonic()
        reply = self.invoke(ADVISOR, EXPLAIN, scenario)
        if int(reply["ReturnValue"][0]) != 0:
            raise Fault(f"{EXPLAIN} returned {reply['ReturnValue'][0]}")
        return Answer(int(reply["CheckCode"][0]), verdict(reply), [finding(text) for text in reply.get("Findings", [])],
                      time.monotonic() - began)

    def rank(self, scenario, destinations):
        """The return value, and each verdict as text."""
        hosts = "".join(f"<p:Hosts>{escape(name)}</p:Hosts>" for name in destinations)
        reply = self.invoke(ADVISOR, RANK, scenario, hosts)
        return int(reply["ReturnValue"][0]), reply.get("Ranking", [])

    def invoke(self, class_name, method, scenario, more=""):
        selectors = selector_set(SystemCreationClassName="CIM_ComputerSystem", SystemName=self.host_name,
                                 CreationClassName=class_name, Name="vsmigd")
        uri = CIM + class_name
        text = ENVELOPE.format(uri=uri, method=method, message=uuid.uuid4(), anonymous=ANONYMOUS, selectors=selectors,
                               timeout=scenario.timeout or 60, arguments=arguments(scenario) + more)
        return read_output(self.post(text), f"{{{uri}}}{method}_OUTPUT")

    def post(self, text):
        connection = http.client.HTTPSConnection("::1", self.port, context=self.context, timeout=90)
        try:
            connection.request("POST", "/wsman", text.encode(), {
                "Content-Type": "application/soap+xml;charset=UTF-8", "Authorization": self.authorization})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def arguments(scenario):
    migration = {"InstanceID": "vsmigd:lab", "MigrationType": TYPES[scenario.type]}
    for setting in scenario.settings:
        migration.update(setting.migration)
    given = [("DestinationHost", scenario.to),
             ("MigrationSettingData", instance("CIM_VirtualSystemMigrationSettingData", **migration))]
    given += [(setting.argument, setting.asked(scenario.uuid)) for setting in scenario.settings if setting.argument]
    system = (f"<p:ComputerSystem><wsa:Address>{ANONYMOUS}</wsa:Address><wsa:ReferenceParameters>"
              f"<wsman:ResourceURI>{CIM}CIM_ComputerSystem</wsman:ResourceURI>"
              + selector_set(CreationClassName="CIM_ComputerSystem", Name=scenario.uuid)
              + "</wsa:ReferenceParameters></p:ComputerSystem>")
    return system + "".join(f"<p:{name}>{escape(value)}</p:{name}>" for name, value in given)


def read_output(response, tag):
    """{name: [texts]} of the output element."""
    status, body = response
    try:
        root = ET.fromstring(body)
    except ET.ParseError as error:
        raise Fault(f"HTTP {status}, not XML: {error}; {body[:200]!r}") from error
    output = root.find(f".//{tag}")
    if status != 200 or output is None:
        raise Fault(f"HTTP {status}: " + " ".join(text.strip() for text in root.itertext() if text.strip())[:600])
    values = {}
    for child in output:
        values.setdefault(child.tag.split("}")[-1], []).append(child.text or "")
    return values


def verdict(reply):
    return {"true": True, "false": False}[reply["IsMigratable"][0].lower()] if "IsMigratable" in reply else None


def finding(text):
    """The properties of an embedded VSMIG_MigrationFinding, {name: text}."""
    root = ET.fromstring(text)
    if root.get("CLASSNAME") != "VSMIG_MigrationFinding":
        raise Fault(f"not a finding: {text[:200]}")
    return {prop.get("NAME"): prop.findtext("VALUE") or "" for prop in root.iter("PROPERTY")}
