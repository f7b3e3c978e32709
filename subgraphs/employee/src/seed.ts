import type { DemoCompany, DemoEmployee, DemoEmployment } from "@hr/demo";
import type { Database } from "@hr/database";
import type { Insertable, Transaction } from "kysely";
import { type NationalIdKey, encryptNationalId } from "./national-id.ts";
import { searchText, sortName } from "./search.ts";
import type { Tables } from "./tables.ts";

type Rows = {
  readonly [Table in keyof Tables]?: readonly Insertable<Tables[Table]>[];
};

/**
 * Fills an empty database with the demo company, in one transaction; a database
 * that has people is left alone. Who sits where today is not seeded: activation
 * works it out from the dated rows, as it does every day.
 * @returns whether anything was written.
 */
export function seed(
  database: Pick<Database<Tables>, "transaction">,
  company: DemoCompany,
  settings: { readonly key: NationalIdKey; readonly now: Date },
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const before = await transaction
      .selectFrom("person")
      .select("id")
      .limit(1)
      .executeTakeFirst();
    if (before) return false;
    await insert(transaction, organisationRows(company));
    await insert(transaction, peopleRows(company.employees, settings));
    return true;
  });
}

async function insert(
  transaction: Transaction<Tables>,
  rows: Rows,
): Promise<void> {
  for (const [table, values] of Object.entries(rows))
    if (values.length > 0)
      await transaction
        .insertInto(table as keyof Tables)
        .values(values)
        .execute();
}

function organisationRows(company: DemoCompany): Rows {
  return {
    legal_entity: company.legalEntities.map((one) => ({
      id: one.id,
      name: one.name,
      country_code: one.countryCode,
      default_currency: one.defaultCurrency,
      full_time_hours_hundredths: one.fullTimeHoursHundredths,
    })),
    location: company.locations.map((one) => ({
      id: one.id,
      name: one.name,
      city: one.city,
      country_code: one.countryCode,
      subdivision_code: one.subdivisionCode,
      time_zone: one.timeZone,
    })),
    job: company.jobs,
    department: company.departments.map((one) => ({
      id: one.id,
      code: one.code,
      name: one.name,
      parent_id: one.parentId,
      head_id: one.headId,
    })),
  };
}

function peopleRows(
  people: readonly DemoEmployee[],
  { key, now }: { readonly key: NationalIdKey; readonly now: Date },
): Rows {
  return {
    person: people.map((person) => personRow(person, now)),
    job_assignment: people.flatMap((person) => assignmentRows(person, now)),
    employment: people.flatMap(employmentRows),
    personal_details: people.map((person) => detailsRow(person, key)),
    emergency_contact: people.map(({ id, personal }) => ({
      id: `ect_${id.slice(4)}`,
      employee_id: id,
      position: 1,
      ...personal.emergencyContact,
    })),
  };
}

function personRow(person: DemoEmployee, now: Date) {
  return {
    id: person.id,
    employee_number: person.employeeNumber,
    given_name: person.givenName,
    family_name: person.familyName,
    preferred_name: person.preferredName,
    display_name: person.displayName,
    pronouns: person.pronouns,
    work_email: person.workEmail,
    locale: person.locale,
    sort_name: sortName(person),
    search_text: searchText(person),
    on_long_leave: person.status === "ON_LEAVE",
    version: 0,
    created_at: now,
    updated_at: now,
  };
}

function assignmentRows({ id, employments }: DemoEmployee, now: Date) {
  return employments
    .flatMap(({ assignments }) => assignments)
    .map((row, index) => ({
      id: `asg_${id.slice(4)}_${index + 1}`,
      employee_id: id,
      valid: range(row.effectiveFrom, row.effectiveTo),
      kind: row.kind,
      job_title: row.jobTitle,
      job_id: row.jobId,
      department_id: row.departmentId,
      location_id: row.locationId,
      manager_id: row.managerId,
      weekly_hours_hundredths: row.weeklyHoursHundredths,
      note: null,
      created_at: now,
      created_by: "emp_hana",
    }));
}

function employmentRows({
  id,
  employments,
  legalEntityId,
  ...person
}: DemoEmployee) {
  return employments.map((employment: DemoEmployment, index) => ({
    id: `epm_${id.slice(4)}_${index + 1}`,
    employee_id: id,
    employed: range(employment.hireDate, employment.terminationDate),
    type: employment.type,
    legal_entity_id: legalEntityId,
    cost_center: person.current.departmentId
      .replace("dep_", "CC-")
      .toUpperCase(),
    probation_ends_on: null,
    last_working_day: employment.lastWorkingDay,
    termination_reason: employment.terminationReason,
  }));
}

function detailsRow({ id, personal }: DemoEmployee, key: NationalIdKey) {
  const { ciphertext, keyId, suffix } = encryptNationalId(
    key,
    id,
    personal.nationalId,
  );
  return {
    employee_id: id,
    legal_name: personal.legalName,
    date_of_birth: personal.dateOfBirth,
    nationality: personal.nationality,
    marital_status: personal.maritalStatus,
    personal_email: personal.personalEmail,
    personal_phone: personal.personalPhone,
    home_address: JSON.stringify(personal.homeAddress),
    gender: null,
    national_id: ciphertext,
    national_id_key: keyId,
    national_id_suffix: suffix,
  };
}

/** Both days included. */
function range(from: string, to: string | null): string {
  return `[${from},${to ?? ""}]`;
}
