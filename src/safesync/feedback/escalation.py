"""What has stood long enough to become the next role's concern."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from safesync.languages.tongue import tongue
from safesync.model.finding import Finding, KnownFinding, Severity

_GRAVER = {Severity.INFO: Severity.WARNING, Severity.WARNING: Severity.ERROR}


def escalated(known: KnownFinding, now: datetime) -> Finding:
    """
    The finding as it is to be told now: graver by one and with the role that it went to, when it has been there long enough.

    It is counted from its first sight, so a finding that ended and came back waits again. The sentence names days and not how
    many: a comment is edited once, and not every morning.
    """
    finding, escalation = known.finding, known.finding.escalation
    if escalation is None:
        return finding
    since = known.first_seen_at + timedelta(days=escalation.after_days)
    if now < since:
        return finding
    speak, day = tongue(finding.language), f"{known.first_seen_at:%Y-%m-%d}"
    told = speak.say("Open since {day}, so it is on the list of {role} too.", day=day, role=speak.say(escalation.role))
    return replace(
        finding,
        severity=_GRAVER.get(finding.severity, finding.severity),
        evidence=f"{finding.evidence} {told}".strip(),
        escalation=replace(escalation, since=since.date()),
    )
