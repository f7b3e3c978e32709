export type IssueSeverity = "BLOCKER" | "WARNING";

export type PayRunIssue = {
  readonly id: string;
  readonly runId: string;
  readonly severity: IssueSeverity;
  readonly code: IssueCode;
  /** Null when it concerns the whole run. */
  readonly employeeId: string | null;
  readonly acknowledgedBy: string | null;
};

/** What is wrong and the cure. Whom it concerns is the issue's employee, not part of the text. */
const messages = {
  NO_COMPENSATION: {
    en: "No pay is in force in this period. Add a compensation or end the employment.",
    de: "In diesem Zeitraum gilt keine Vergütung. Vergütung anlegen oder Beschäftigung beenden.",
  },
  CALCULATION_FAILED: {
    en: "The calculation stopped. Calculate again; it resumes after the last whole batch.",
    de: "Die Berechnung brach ab. Erneut berechnen; sie setzt nach dem letzten vollständigen Abschnitt fort.",
  },
  RETROACTIVE: {
    en: "Pay was changed for periods already paid. Check the back pay lines.",
    de: "Die Vergütung wurde für bereits bezahlte Zeiträume geändert. Nachzahlungszeilen prüfen.",
  },
  NO_BANK_ACCOUNT: {
    en: "No bank account is known. Ask for one before the pay date.",
    de: "Keine Bankverbindung bekannt. Vor dem Zahltag erfragen.",
  },
  BANK_ACCOUNT_CHANGED: {
    en: "The bank account was changed within the last 72 hours. The previous one is still paid; confirm the change.",
    de: "Die Bankverbindung wurde in den letzten 72 Stunden geändert. Noch wird an die vorige gezahlt; Änderung bestätigen.",
  },
  NO_TAX_LINES: {
    en: "The run has no tax lines, because no tax is computed here. Import them or add adjustments.",
    de: "Der Lauf hat keine Steuerzeilen, denn hier wird keine Steuer berechnet. Importieren oder als Anpassung erfassen.",
  },
} as const;

export type IssueCode = keyof typeof messages;

export function issueMessage(code: IssueCode, language: "en" | "de"): string {
  return messages[code][language];
}
