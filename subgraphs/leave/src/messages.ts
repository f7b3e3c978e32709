import type { LeaveRule, Problem, ValidationCode } from "./leave-problem.ts";

export type Language = "en" | "de";

/** A14: what is wrong and what to do about it. No leave type is ever named (L21). */
export function messageOf(problem: Problem, language: Language): string {
  switch (problem.__typename) {
    case "ValidationError":
      return validation[problem.code][language];
    case "LeaveNotAllowedError":
      return rules[problem.rule][language];
    default:
      return others[problem.__typename][language];
  }
}

type Texts<Name extends string> = Readonly<
  Record<Name, Readonly<Record<Language, string>>>
>;

const validation: Texts<ValidationCode> = {
  REQUIRED: {
    en: "This leave type needs a note.",
    de: "Diese Abwesenheitsart braucht eine Notiz.",
  },
  INVALID: {
    en: "This does not fit the rest of the request.",
    de: "Diese Angabe passt nicht zum übrigen Antrag.",
  },
  TOO_LONG: { en: "This text is too long.", de: "Dieser Text ist zu lang." },
  OUT_OF_RANGE: {
    en: "A request covers at most 400 days.",
    de: "Ein Antrag umfasst höchstens 400 Tage.",
  },
  NOT_FOUND: {
    en: "There is no such leave type here.",
    de: "Diese Abwesenheitsart gibt es hier nicht.",
  },
  DATE_ORDER: {
    en: "The last day lies before the first.",
    de: "Der letzte Tag liegt vor dem ersten.",
  },
};

const rules: Texts<LeaveRule> = {
  NOT_ELIGIBLE_YET: {
    en: "This leave can be taken only later in the employment.",
    de: "Diese Abwesenheit ist erst nach längerer Beschäftigung möglich.",
  },
  MAX_CONSECUTIVE_DAYS: {
    en: "This leave cannot last that long at a stretch.",
    de: "Diese Abwesenheit kann nicht so lange am Stück dauern.",
  },
  NOTICE_PERIOD: {
    en: "This leave must be requested earlier.",
    de: "Diese Abwesenheit muss früher beantragt werden.",
  },
  OUTSIDE_EMPLOYMENT: {
    en: "Some of these days lie outside the employment.",
    de: "Einige dieser Tage liegen außerhalb der Beschäftigung.",
  },
  HALF_DAY_NOT_ALLOWED: {
    en: "This leave is taken in whole days.",
    de: "Diese Abwesenheit gibt es nur in ganzen Tagen.",
  },
};

const others: Texts<
  Exclude<Problem["__typename"], "ValidationError" | "LeaveNotAllowedError">
> = {
  OverlappingLeaveError: {
    en: "Another request covers some of this time.",
    de: "Ein anderer Antrag umfasst einen Teil dieser Zeit.",
  },
  InsufficientBalanceError: {
    en: "There are not enough days left.",
    de: "Es sind nicht genug Tage übrig.",
  },
  NoWorkingDaysError: {
    en: "None of these days is a working day.",
    de: "Keiner dieser Tage ist ein Arbeitstag.",
  },
  ConflictError: {
    en: "The request has changed. Look at it again.",
    de: "Der Antrag hat sich geändert. Bitte noch einmal ansehen.",
  },
  LeaveStateError: {
    en: "The request is not in a state that allows this.",
    de: "Der Stand des Antrags lässt das nicht zu.",
  },
  SelfApprovalError: {
    en: "Nobody decides their own request.",
    de: "Niemand entscheidet über den eigenen Antrag.",
  },
};
