"""What Meridian works on: a table of topics, each cut into three slices that become features."""

from __future__ import annotations

from dataclasses import dataclass

from safesync.connectors.sandbox.meridian.people import CARDS, PAYMENTS
from safesync.model.item import WorkClass

THEMES = ("instant-payments", "trust", "open-banking")
_INSTANT, _TRUST, _OPEN = THEMES
COMPLIANCE, FEATURE, ENABLER = WorkClass.COMPLIANCE, WorkClass.FEATURE, WorkClass.ENABLER
DEBT, UPKEEP = WorkClass.TECH_DEBT, WorkClass.MAINTENANCE


@dataclass(frozen=True, slots=True)
class Topic:
    """
    A subject of a train.

    ``thing`` follows "the" in a sentence, ``actor`` follows "a" or "an" and works with it; ``de`` and ``fr`` are
    the thing with its article, so that teams can write in their own language.
    """

    train: str
    work_class: WorkClass
    theme: str
    thing: str
    actor: str
    slices: tuple[str, str, str]
    de: str = "den Vorgang"
    fr: str = "le dossier"


_ANYWHERE = ("for retail clients", "for business clients", "for branches abroad")
_FILES = ("for single orders", "for bulk files", "for standing orders")
_DOORS = ("in the mobile app", "in online banking", "at the service desk")
_PLACES = ("in the euro area", "in the Nordics", "in Switzerland")


def _of(train: str, work_class: WorkClass, *rows: tuple[str, str, str, tuple[str, str, str], str, str]) -> tuple[Topic, ...]:
    return tuple(Topic(train, work_class, *row) for row in rows)


TOPICS: tuple[Topic, ...] = (
    *_of(
        PAYMENTS,
        COMPLIANCE,
        (_INSTANT, "verification of payee", "payer", _FILES, "die Empfängerprüfung", "la vérification du bénéficiaire"),
        (_TRUST, "sanctions screening", "screening analyst", _PLACES, "die Sanktionsprüfung", "le filtrage des sanctions"),
        (_TRUST, "anti-money-laundering alert", "financial crime analyst", _ANYWHERE, "den Geldwäschealarm", "l'alerte de blanchiment"),
        (
            _OPEN,
            "strong customer authentication exemption",
            "fraud manager",
            _DOORS,
            "die Ausnahme von der starken Authentifizierung",
            "l'exemption d'authentification forte",
        ),
        (
            _TRUST,
            "ICT incident report to the supervisor",
            "incident manager",
            ("within four hours", "within three days", "after one month"),
            "die Meldung des IKT-Vorfalls",
            "la notification d'incident informatique",
        ),
        (_INSTANT, "ten-second settlement duty", "payments officer", _PLACES, "die Zehn-Sekunden-Frist", "le délai de dix secondes"),
        (
            _TRUST,
            "retention of payment records",
            "records officer",
            ("for ten years", "for legal hold", "for erasure requests"),
            "die Aufbewahrung der Zahlungsdaten",
            "la conservation des données de paiement",
        ),
        (
            _OPEN,
            "account access consent",
            "third-party manager",
            _DOORS,
            "die Zustimmung zum Kontozugriff",
            "le consentement d'accès au compte",
        ),
        (
            _TRUST,
            "originator information on transfers",
            "payments officer",
            _PLACES,
            "die Angaben zum Auftraggeber",
            "les données du donneur d'ordre",
        ),
        (_INSTANT, "charges transparency notice", "payer", _FILES, "den Gebührenhinweis", "l'avis de frais"),
        (
            _TRUST,
            "outsourcing register",
            "third-party risk officer",
            ("for cloud providers", "for processors", "for group entities"),
            "das Auslagerungsregister",
            "le registre des sous-traitants",
        ),
        (
            _OPEN,
            "open banking availability report",
            "regulatory reporter",
            ("per quarter", "per interface", "per outage"),
            "den Verfügbarkeitsbericht",
            "le rapport de disponibilité",
        ),
        (_TRUST, "complaint handling deadline", "complaints officer", _ANYWHERE, "die Beschwerdefrist", "le délai de réclamation"),
    ),
    *_of(
        PAYMENTS,
        FEATURE,
        (_INSTANT, "request to pay", "merchant", _DOORS, "die Zahlungsanforderung", "la demande de paiement"),
        (_INSTANT, "instant refund", "merchant", _ANYWHERE, "die Sofortrückzahlung", "le remboursement immédiat"),
        (
            _OPEN,
            "account-to-account checkout",
            "shopper",
            ("in web shops", "in ticket machines", "in parking apps"),
            "den Kauf per Kontoüberweisung",
            "le paiement de compte à compte",
        ),
        (_INSTANT, "payment tracking timeline", "treasurer", _DOORS, "den Zahlungsverlauf", "le suivi de paiement"),
        (
            _OPEN,
            "cash-flow forecast",
            "treasurer",
            ("for one account", "for all accounts", "for the next quarter"),
            "die Liquiditätsvorschau",
            "la prévision de trésorerie",
        ),
        (_OPEN, "split bill", "account holder", _DOORS, "die geteilte Rechnung", "l'addition partagée"),
        (_INSTANT, "scheduled instant payroll", "payroll clerk", _ANYWHERE, "den Gehaltslauf", "le virement des salaires"),
        (_TRUST, "scam warning before release", "payer", _FILES, "die Betrugswarnung", "l'alerte à la fraude"),
        (_OPEN, "payment link", "merchant", ("in invoices", "in chat", "on paper"), "den Zahlungslink", "le lien de paiement"),
        (_INSTANT, "multi-currency wallet transfer", "traveller", _PLACES, "die Währungsüberweisung", "le virement multidevise"),
    ),
    *_of(
        PAYMENTS,
        ENABLER,
        (
            _INSTANT,
            "payment event stream",
            "platform engineer",
            ("for settlement", "for notifications", "for analytics"),
            "den Ereignisstrom",
            "le flux d'événements",
        ),
        (
            _OPEN,
            "partner gateway",
            "platform engineer",
            ("with rate limits", "with certificates", "with sandbox keys"),
            "das Partner-Gateway",
            "la passerelle partenaires",
        ),
        (_TRUST, "synthetic payment test data", "test engineer", _FILES, "die synthetischen Testdaten", "les données de test"),
        (_TRUST, "end-to-end payment trace", "operations engineer", _PLACES, "die Ablaufverfolgung", "la trace de bout en bout"),
        (
            _INSTANT,
            "second-site failover",
            "operations engineer",
            ("for the ledger", "for the gateway", "for screening"),
            "die Umschaltung",
            "la bascule",
        ),
    ),
    *_of(
        PAYMENTS,
        DEBT,
        (
            _INSTANT,
            "nightly clearing batch retirement",
            "operations engineer",
            _PLACES,
            "die Ablösung des Nachtlaufs",
            "l'arrêt du traitement de nuit",
        ),
        (_TRUST, "message parser consolidation", "platform engineer", _FILES, "die Zusammenlegung der Parser", "la fusion des analyseurs"),
        (
            _OPEN,
            "ledger database upgrade",
            "database engineer",
            ("for reads", "for writes", "for archives"),
            "die Datenbankablösung",
            "la mise à niveau de la base",
        ),
    ),
    *_of(
        PAYMENTS,
        UPKEEP,
        (
            _TRUST,
            "certificate renewal calendar",
            "operations engineer",
            _PLACES,
            "den Zertifikatskalender",
            "le calendrier des certificats",
        ),
        (
            _INSTANT,
            "bank directory update",
            "payments officer",
            ("each month", "after mergers", "for new schemes"),
            "das Bankenverzeichnis",
            "l'annuaire bancaire",
        ),
    ),
    *_of(
        CARDS,
        COMPLIANCE,
        (
            _TRUST,
            "card data encryption evidence",
            "security auditor",
            ("at rest", "in transit", "in backups"),
            "den Verschlüsselungsnachweis",
            "la preuve de chiffrement",
        ),
        (_TRUST, "dispute deadline", "dispute agent", _ANYWHERE, "die Reklamationsfrist", "le délai de contestation"),
        (_OPEN, "interchange fee report", "regulatory reporter", _PLACES, "den Interbankenbericht", "le rapport d'interchange"),
        (_TRUST, "credit affordability check", "credit analyst", _DOORS, "die Kreditprüfung", "l'analyse de solvabilité"),
        (
            _TRUST,
            "accessible card services",
            "cardholder",
            _DOORS,
            "den barrierefreien Kartendienst",
            "l'accessibilité des services de carte",
        ),
        (_INSTANT, "fraud reimbursement duty", "fraud agent", _ANYWHERE, "die Erstattungspflicht", "l'obligation de remboursement"),
        (
            _TRUST,
            "card issuing records",
            "records officer",
            ("for five years", "for erasure requests", "for audits"),
            "die Ausgabebelege",
            "les pièces d'émission",
        ),
    ),
    *_of(
        CARDS,
        FEATURE,
        (_INSTANT, "virtual card", "cardholder", _DOORS, "die virtuelle Karte", "la carte virtuelle"),
        (
            _TRUST,
            "spending control",
            "parent of a cardholder",
            ("by merchant type", "by country", "by time of day"),
            "die Ausgabensteuerung",
            "le contrôle des dépenses",
        ),
        (_INSTANT, "instalment plan at checkout", "cardholder", _ANYWHERE, "den Ratenplan", "le paiement échelonné"),
        (
            _OPEN,
            "receipt in the app",
            "cardholder",
            ("for travel", "for groceries", "for subscriptions"),
            "den Beleg in der App",
            "le reçu dans l'application",
        ),
        (_TRUST, "card freeze", "cardholder", _DOORS, "die Kartensperre", "le blocage de la carte"),
        (
            _OPEN,
            "expense card for companies",
            "finance lead",
            ("with budgets", "with approvals", "with exports"),
            "die Firmenkarte",
            "la carte d'entreprise",
        ),
        (_INSTANT, "cashback credit", "cardholder", _ANYWHERE, "die Gutschrift", "la remise"),
    ),
    *_of(
        CARDS,
        ENABLER,
        (
            _TRUST,
            "card token vault",
            "platform engineer",
            ("for wallets", "for merchants", "for recurring charges"),
            "den Tokenspeicher",
            "le coffre de jetons",
        ),
        (_OPEN, "authorisation simulator", "test engineer", _PLACES, "den Autorisierungssimulator", "le simulateur d'autorisation"),
        (
            _INSTANT,
            "card event stream",
            "platform engineer",
            ("for limits", "for notifications", "for analytics"),
            "den Kartenereignisstrom",
            "le flux d'événements carte",
        ),
    ),
    *_of(
        CARDS,
        DEBT,
        (_TRUST, "legacy card host retirement", "operations engineer", _PLACES, "die Ablösung des Altsystems", "l'arrêt de l'ancien hôte"),
        (_OPEN, "statement template clean-up", "document engineer", _ANYWHERE, "die Bereinigung der Vorlagen", "le nettoyage des modèles"),
    ),
    *_of(
        CARDS,
        UPKEEP,
        (_TRUST, "card stock forecast", "card operations clerk", _PLACES, "die Kartenvorratsplanung", "la prévision de stock"),
        (
            _OPEN,
            "merchant code list update",
            "card operations clerk",
            ("each month", "for new schemes", "after mergers"),
            "die Händlercodeliste",
            "la liste des codes marchands",
        ),
    ),
)

EPICS: dict[str, tuple[tuple[str, WorkClass, str], ...]] = {
    PAYMENTS: (
        ("Instant payments regulation: reach and verification of payee", COMPLIANCE, _INSTANT),
        ("Digital operational resilience for payment services", COMPLIANCE, _TRUST),
        ("Financial crime controls for real-time payments", COMPLIANCE, _TRUST),
        ("Third payment services directive readiness", COMPLIANCE, _OPEN),
        ("Merchants are paid in seconds", FEATURE, _INSTANT),
        ("Treasury cockpit for mid-sized companies", FEATURE, _OPEN),
        ("Account-to-account payments in daily life", FEATURE, _OPEN),
        ("Payments platform that never sleeps", ENABLER, _INSTANT),
        ("One clearing core instead of three", DEBT, _INSTANT),
        ("Payment operations upkeep", UPKEEP, _TRUST),
        ("Harmonised payment messages of 2025", COMPLIANCE, _INSTANT),
        ("First wave of instant refunds", FEATURE, _INSTANT),
        ("Digital euro wallet exploration", FEATURE, _OPEN),
        ("Programmable payments for machines", FEATURE, _INSTANT),
        ("Cross-border instant corridor", FEATURE, _INSTANT),
        ("Fraud data sharing between banks", COMPLIANCE, _TRUST),
        ("Carbon footprint of payments", FEATURE, _TRUST),
        ("Cheque truncation pilot", UPKEEP, _TRUST),
    ),
    CARDS: (
        ("Card data security standard, fourth edition", COMPLIANCE, _TRUST),
        ("Consumer protection for card credit", COMPLIANCE, _TRUST),
        ("Cards that live in the phone", FEATURE, _INSTANT),
        ("Spending that families understand", FEATURE, _TRUST),
        ("Card platform foundations", ENABLER, _TRUST),
        ("Leaving the legacy card host", DEBT, _TRUST),
        ("Card operations upkeep", UPKEEP, _OPEN),
        ("Contactless everywhere", FEATURE, _INSTANT),
        ("Premium travel card", FEATURE, _OPEN),
        ("Biometric card trial", FEATURE, _TRUST),
        ("Corporate card programme", FEATURE, _OPEN),
        ("Open loyalty partnerships", FEATURE, _OPEN),
    ),
}
