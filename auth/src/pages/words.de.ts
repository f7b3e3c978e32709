import type { Words } from "./words.en.ts";

/** Every sentence of the pages, in German. */
export const german: Words = {
  language: "de",
  error: (title) => `Fehler: ${title}`,
  tooManyAttempts: (wait) =>
    `Zu viele Versuche. Bitte versuchen Sie es ${wait} erneut.`,
  login: {
    title: "Anmelden",
    toContinue: (client) => `weiter zu ${client}`,
    email: "E-Mail-Adresse",
    password: "Passwort",
    submit: "Anmelden",
    cancel: "Abbrechen",
    refused:
      "E-Mail-Adresse oder Passwort ist nicht richtig. Bitte prüfen Sie beides und versuchen Sie es erneut.",
    passkey: "Stattdessen einen Passkey verwenden",
    passkeyFailed:
      "Es wurde kein Passkey verwendet. Bitte versuchen Sie es erneut, oder melden Sie sich mit Ihrem Passwort an.",
    passkeyRefused:
      "Mit diesem Passkey können Sie sich nicht anmelden. Bitte versuchen Sie es mit einem anderen oder mit Ihrem Passwort.",
  },
  passkey: {
    use: {
      title: "Passkey verwenden",
      text: "Hier genügt Ihr Passwort nicht. Bitte bestätigen Sie mit Ihrem Passkey, dass Sie es sind.",
      submit: "Passkey verwenden",
    },
    first: {
      title: "Passkey einrichten",
      text: "Ein Passkey belegt besser als ein Passwort, dass Sie es sind. Ihr Gerät bewahrt ihn auf und fragt bei jeder Verwendung nach Ihrem Fingerabdruck, Ihrem Gesicht oder einer PIN.",
      next: "Danach melden Sie sich einmal damit an.",
      submit: "Passkey erstellen",
    },
    kept: {
      title: "Ihre Passkeys",
      text: "Mit jedem davon können Sie sich ohne Passwort anmelden.",
      kinds: {
        singleDevice: "Passkey auf einem Gerät",
        multiDevice: "Passkey auf allen Ihren Geräten",
      },
      added: (day) => `Hinzugefügt am ${day}.`,
      used: (day) => `Zuletzt verwendet am ${day}.`,
      remove: "Entfernen",
      last: "Ihr letzter Passkey kann nicht entfernt werden. Bitte fügen Sie zuerst einen anderen hinzu.",
      add: "Passkey hinzufügen",
      continue: "Weiter",
    },
    without:
      "Dieser Browser kann keine Passkeys verwenden. Bitte öffnen Sie die Anwendung in einem anderen, der es kann.",
    failed: "Es wurde kein Passkey verwendet. Bitte versuchen Sie es erneut.",
    refused:
      "Dieser Passkey wurde nicht angenommen. Bitte versuchen Sie es erneut.",
  },
  demo: {
    title: "Demo-Unternehmen – nur zur Entwicklung",
    text: "Wählen Sie eine Person aus; das Passwort lautet immer",
  },
  consent: {
    title: (client) => `Zugriff für ${client} erlauben?`,
    signedIn: (person) => `Angemeldet als ${person}.`,
    text: (client) =>
      `${client} möchte in Ihrem Namen handeln, soweit Ihre Rolle es erlaubt, jetzt und auch, wenn sich Ihre Rolle ändert. Heute ist das:`,
    allow: "Erlauben",
    deny: "Ablehnen",
  },
  reach: {
    own: "Ihre eigenen Daten",
    see: "Was eingesehen werden darf",
    act: "Was in Ihrem Namen geschehen darf",
  },
  scopes: {
    "employee:read": "Mitarbeitendenverzeichnis und Organigramm einsehen.",
    "employee:read:self":
      "Ihren eigenen Eintrag im Mitarbeitendenverzeichnis einsehen.",
    "employee:job:read":
      "Verträge, Beschäftigungsverläufe und ausgeschiedene Mitarbeitende einsehen.",
    "employee:job:read:reports":
      "Verträge und Beschäftigungsverläufe der Ihnen unterstellten Mitarbeitenden einsehen.",
    "employee:job:read:self":
      "Ihren eigenen Vertrag und Beschäftigungsverlauf einsehen.",
    "employee:pii:read":
      "Personenbezogene Daten wie Privatanschrift und Geburtsdatum einsehen.",
    "employee:pii:read:self": "Ihre eigenen personenbezogenen Daten einsehen.",
    "employee:nationalid:read":
      "Nationale Identifikationsnummern im Klartext einsehen.",
    "payroll:read": "Abrechnungsläufe, Abrechnungskreise und Summen einsehen.",
    "payroll:payslip:read":
      "Entgeltabrechnungen aller Mitarbeitenden einsehen.",
    "payroll:payslip:read:self": "Ihre eigenen Entgeltabrechnungen einsehen.",
    "payroll:compensation:read": "Vergütung aller Mitarbeitenden einsehen.",
    "payroll:compensation:read:reports":
      "Vergütung der Ihnen unterstellten Mitarbeitenden einsehen.",
    "payroll:compensation:read:self": "Ihre eigene Vergütung einsehen.",
    "payroll:bank:read": "Bankverbindungen in maskierter Form einsehen.",
    "payroll:bank:read:self":
      "Ihre eigene Bankverbindung in maskierter Form einsehen.",
    "leave:read":
      "Urlaubskonten, Anträge und Abwesenheitsgründe aller Mitarbeitenden einsehen.",
    "leave:read:reports":
      "Abwesenheiten der Ihnen unterstellten Mitarbeitenden einsehen, mit Gründen.",
    "leave:read:self": "Ihre eigenen Abwesenheiten einsehen.",
    "leave:calendar:read":
      "Einsehen, wer abwesend ist, aber nie den Grund, sowie gesetzliche Feiertage.",
    "leave:request": "Abwesenheiten für beliebige Personen beantragen.",
    "leave:request:self": "Ihre eigenen Abwesenheiten beantragen.",
    "leave:approve": "Über jeden Abwesenheitsantrag entscheiden.",
    "leave:approve:reports":
      "Über Abwesenheitsanträge der Ihnen unterstellten Mitarbeitenden entscheiden.",
  },
  device: {
    title: "Gerät verbinden",
    text: "Geben Sie den Code ein, den Ihr Gerät oder Programm anzeigt.",
    code: "Code",
    hint: "Acht Buchstaben, zum Beispiel BCDF\u2011GHJK.",
    submit: "Weiter",
    faults: {
      wrong:
        "Diesen Code gibt es nicht, oder er ist abgelaufen. Bitte vergleichen Sie ihn mit Ihrem Gerät und versuchen Sie es erneut.",
      used: "Der Code wurde bereits verwendet. Bitte beginnen Sie auf Ihrem Gerät von vorn und geben Sie den neuen Code ein.",
      stale:
        "Diese Seite war zu lange geöffnet. Bitte geben Sie den Code noch einmal ein.",
      failed:
        "Bei uns ist etwas schiefgegangen. Bitte geben Sie den Code noch einmal ein.",
    },
    confirmTitle: (client) => `${client} verbinden?`,
    compare: (client) =>
      `Vergleichen Sie diesen Code mit dem, den ${client} anzeigt:`,
    warning:
      "Fahren Sie nur fort, wenn Sie dies selbst begonnen haben. Hat Ihnen jemand diesen Code geschickt, lehnen Sie ab: Sonst erhält diese Person Zugriff auf Ihre Daten.",
    asks: (client) =>
      `${client} bittet um Folgendes und erhält davon nicht mehr, als Ihre Rolle erlaubt.`,
    continue: "Weiter",
    deny: "Ablehnen",
    allowedTitle: "Ihr Gerät ist verbunden",
    allowedText: (client) =>
      `Sie können diese Seite schließen und zu ${client} zurückkehren.`,
    deniedTitle: "Zugriff abgelehnt",
    deniedText:
      "Ihr Gerät erhält keinen Zugriff. Sie können diese Seite schließen.",
  },
  logout: {
    title: "Abmelden",
    question: "Möchten Sie sich abmelden?",
    text: "Damit endet Ihre Sitzung in allen HR-Anwendungen.",
    submit: "Abmelden",
    stay: "Angemeldet bleiben",
    doneTitle: "Sie sind abgemeldet",
    doneText: "Sie können diese Seite schließen.",
  },
  faults: {
    foreignForm: {
      title: "Formular abgelehnt",
      text: "Dieses Formular wurde von einer anderen Website gesendet. Bitte gehen Sie zur Anwendung zurück und melden Sie sich von dort aus an.",
    },
    expired: {
      title: "Anmeldung abgelaufen",
      text: "Diese Anmeldung ist in diesem Browser nicht mehr offen. Bitte gehen Sie zur Anwendung zurück und beginnen Sie von vorn.",
    },
    unreadable: {
      title: "Formular nicht lesbar",
      text: "Das Formular ist nicht so angekommen, wie es sollte. Bitte gehen Sie zur Anwendung zurück und beginnen Sie von vorn.",
    },
    notFound: {
      title: "Hier ist nichts",
      text: "Diese Seite gibt es bei der Anmeldung nicht. Bitte gehen Sie zur Anwendung zurück und beginnen Sie von vorn.",
    },
  },
  errors: {
    title: "Das hat nicht funktioniert",
    code: "Fehlercode für den Support:",
    texts: {
      access_denied:
        "Der Zugriff wurde abgelehnt, oder Ihre Rolle erlaubt nichts von dem, worum die Anwendung bittet. Wenn Sie es benötigen, wenden Sie sich bitte an Ihre Personalabteilung.",
      invalid_client:
        "Diese Anwendung ist hier nicht bekannt. Bitte wenden Sie sich an ihren Betreiber.",
      invalid_redirect_uri:
        "Die Anwendung wollte Sie an eine Adresse weiterleiten, die für sie nicht hinterlegt ist. Zu Ihrem Schutz wurde nichts gesendet. Bitte wenden Sie sich an ihren Betreiber.",
      unmet_authentication_requirements:
        "Die Anwendung verlangt eine stärkere Anmeldung als die verwendete. Bitte beginnen Sie dort von vorn und verwenden Sie einen Passkey.",
      server_error:
        "Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es in einigen Minuten erneut.",
      temporarily_unavailable:
        "Dieser Dienst kann gerade nicht antworten. Bitte versuchen Sie es in einigen Minuten erneut.",
      other:
        "Die Anwendung hat eine Anfrage gesendet, die nicht beantwortet werden kann oder abgelaufen ist. Bitte gehen Sie zur Anwendung zurück und beginnen Sie von vorn.",
    },
  },
};
