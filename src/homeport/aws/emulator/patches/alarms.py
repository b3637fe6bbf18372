"""CloudWatch's alarms are read back whole: ministack's query API leaves out most of what was put."""

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import cloudwatch

SIMPLE = ("AlarmDescription", "Period", "Statistic", "ExtendedStatistic", "TreatMissingData", "Unit")
ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
# The head of a metric alarm; a composite one has its rule here.
HEAD = re.compile(
    r"<AlarmName>([^<]*)</AlarmName>(?=<AlarmArn>[^<]*</AlarmArn><StateValue>[^<]*</StateValue><MetricName>)"
)

_xml = cloudwatch._xml


def apply() -> None:
    cloudwatch._xml = answer_xml


def answer_xml(status: int, root: str, inner: str, *rest: Any, **options: Any) -> Any:
    if root == "DescribeAlarmsResponse":
        inner = HEAD.sub(lambda head: head.group(0) + _missing(cloudwatch._alarms.get(head.group(1)) or {}), inner)
    return _xml(status, root, inner, *rest, **options)


def _missing(alarm: Mapping[str, Any]) -> str:
    simple = "".join(_element(name, str(alarm[name])) for name in SIMPLE if alarm.get(name))
    lists = "".join(
        f"<{name}>{''.join(_element('member', action) for action in alarm.get(name) or ())}</{name}>"
        for name in ACTIONS
    )
    enabled = _element("ActionsEnabled", str(alarm.get("ActionsEnabled", True)).lower())
    return f"{enabled}{simple}{lists}<Dimensions>{_dimensions(alarm)}</Dimensions>"


def _dimensions(alarm: Mapping[str, Any]) -> str:
    return "".join(
        f"<member>{_element('Name', each['Name'])}{_element('Value', each['Value'])}</member>"
        for each in alarm.get("Dimensions") or ()
    )


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
