import type {
  DemoCompany,
  DemoDate,
  DemoEmployee,
  DemoEmployment,
  DemoLegalEntity,
} from "./company.ts";
import { assignmentOn, careerOf } from "./career.ts";
import { type Case, casesOn } from "./cases.ts";
import { addDays } from "./days.ts";
import { departments, jobs, legalEntities, locations } from "./organisation.ts";
import { type Profile, profiles } from "./people.ts";
import { personalDetailsOf } from "./personal.ts";
import { type Random, random as randomOf } from "./random.ts";

export function demoToday(env: {
  readonly DEMO_TODAY?: string | undefined;
}): DemoDate {
  return env.DEMO_TODAY ?? new Date().toISOString().slice(0, 10);
}

/**
 * Fifty invented people in three countries, the personas among them, dated
 * relative to `today` so that the demo never ages.
 */
export function demoCompany(options: {
  readonly today: DemoDate;
  readonly seed?: number;
}): DemoCompany {
  const { today, seed = 42 } = options;
  const random = randomOf(seed);
  const cases = casesOn(today);
  return {
    today,
    legalEntities,
    locations,
    departments,
    jobs,
    employees: profiles.map((profile, index) => ({
      ...employee(profile, cases[profile.id] ?? {}, { today, random }),
      employeeNumber: `E-${String(index + 1).padStart(5, "0")}`,
    })),
  };
}

function employee(
  profile: Profile,
  special: Case,
  { today, random }: { readonly today: DemoDate; readonly random: Random },
): Omit<DemoEmployee, "employeeNumber"> {
  const entity = legalEntityOf(profile);
  const seniority = -random.between(
    ...(tenures[depthOf(profile)] ?? [760, 1100]),
  );
  const hireDate = special.hired ?? addDays(today, seniority);
  const { departmentId, jobId, locationId, managerId } = profile;
  const hours = special.hours ?? entity.fullTimeHoursHundredths;
  const employments = careerOf(
    hireDate,
    {
      departmentId,
      jobId,
      locationId,
      managerId,
      weeklyHoursHundredths: hours,
    },
    special,
  );
  return {
    ...namesOf(profile, special),
    id: profile.id,
    pronouns: special.pronouns ?? null,
    workEmail: `${mailboxOf(profile, special)}@lindenhof.example`,
    locale: locales[entity.countryCode] ?? "en-GB",
    legalEntityId: entity.id,
    week: special.week ?? [1, 1, 1, 1, 1, 0, 0],
    employments,
    current: assignmentOn(today, employments),
    status: statusOn(today, employments, special),
    personal: personalDetailsOf(profile, hireDate, random),
  };
}

/** Days since the hire, by level: whoever stands higher was there first, so every manager precedes their reports. */
const tenures: readonly (readonly [number, number])[] = [
  [4200, 4500],
  [2500, 3300],
  [1750, 2300],
  [1250, 1600],
  [760, 1100],
];

const locales: Readonly<Record<string, string>> = {
  DE: "de-DE",
  GB: "en-GB",
  JP: "ja-JP",
};

function depthOf({ managerId }: Profile): number {
  const manager = profiles.find(({ id }) => id === managerId);
  return manager ? depthOf(manager) + 1 : 0;
}

function legalEntityOf({ locationId }: Profile): DemoLegalEntity {
  const location = locations.find(({ id }) => id === locationId);
  const entity = legalEntities.find(
    ({ countryCode }) => countryCode === location?.countryCode,
  );
  if (!entity) throw new Error(`No legal entity employs at ${locationId}.`);
  return entity;
}

function namesOf({ givenName, familyName }: Profile, special: Case) {
  const preferredName = special.preferredName ?? null;
  const called = preferredName ?? givenName;
  const order = special.familyNameFirst
    ? [familyName, called]
    : [called, familyName];
  return {
    givenName,
    familyName,
    preferredName,
    displayName: order.join(" ").trim(),
  };
}

/** Latin letters of the name; the second bearer of a name gets their number behind it. */
function mailboxOf(profile: Profile, special: Case): string {
  const plain = (text: string) =>
    text
      .replaceAll("ł", "l")
      .replaceAll("Ł", "L")
      .replaceAll("ı", "i")
      .replaceAll("ß", "ss")
      .normalize("NFKD")
      .replace(/[^A-Za-z -]/g, "")
      .toLowerCase()
      .split(" ")[0];
  const { givenName, familyName } = profile;
  const local = [plain(givenName), plain(familyName)].filter(Boolean).join(".");
  const first = profiles.find(
    (one) => one.givenName === givenName && one.familyName === familyName,
  );
  const suffix = first?.id === profile.id ? "" : profile.id.slice(-2);
  return special.mailbox ?? local + suffix;
}

function statusOn(
  today: DemoDate,
  employments: readonly DemoEmployment[],
  special: Case,
): DemoEmployee["status"] {
  const last = employments.at(-1);
  if (last && last.hireDate > today) return "PREHIRE";
  if (last?.terminationDate && last.terminationDate < today)
    return "TERMINATED";
  return special.onLeave ? "ON_LEAVE" : "ACTIVE";
}
