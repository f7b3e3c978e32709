import { type Kysely, sql } from "kysely";
import type { Employment } from "./employment.ts";
import type { JobAssignment } from "./job-assignment.ts";
import type { Tables } from "./tables.ts";

/**
 * Contracts and dated job rows. No reach here: whoever asks has been shown the
 * person, and the guard has checked whose contract it is.
 */
export function employmentRepository(database: Kysely<Tables>) {
  return {
    /** One per person; people without one are left out. */
    findEmployments(
      employeeIds: readonly string[],
    ): Promise<readonly Employment[]> {
      return database
        .selectFrom("person")
        .innerJoin("employment", "employment.id", "person.employment_id")
        .innerJoin(
          "job_assignment",
          "job_assignment.id",
          "person.assignment_id",
        )
        .innerJoin(
          "legal_entity",
          "legal_entity.id",
          "employment.legal_entity_id",
        )
        .where("person.id", "in", employeeIds)
        .select([
          "person.id as employeeId",
          "employment.type",
          "job_assignment.weekly_hours_hundredths as weeklyHoursHundredths",
          "legal_entity.full_time_hours_hundredths as fullTimeHoursHundredths",
          sql<string>`lower(employment.employed)`.as("hireDate"),
          sql<string>`(SELECT min(lower(e.employed)) FROM employment e WHERE e.employee_id = person.id)`.as(
            "originalHireDate",
          ),
          "employment.probation_ends_on as probationEndsOn",
          sql<string | null>`upper(employment.employed) - 1`.as(
            "terminationDate",
          ),
          "employment.last_working_day as lastWorkingDay",
          "employment.termination_reason as terminationReason",
          "employment.legal_entity_id as legalEntityId",
          "employment.cost_center as costCenter",
          "job_assignment.job_id as jobId",
        ])
        .execute();
    },

    /** Newest first, scheduled ones included. */
    findHistories(
      employeeIds: readonly string[],
      now: Date,
    ): Promise<readonly JobAssignment[]> {
      return assignments(database, now)
        .where("job_assignment.employee_id", "in", employeeIds)
        .orderBy(sql`lower(job_assignment.valid)`, "desc")
        .execute();
    },

    findAssignments(
      ids: readonly string[],
      now: Date,
    ): Promise<readonly JobAssignment[]> {
      return assignments(database, now)
        .where("job_assignment.id", "in", ids)
        .execute();
    },
  };
}

function assignments(database: Kysely<Tables>, now: Date) {
  return database
    .selectFrom("job_assignment")
    .innerJoin("location", "location.id", "job_assignment.location_id")
    .select([
      "job_assignment.id",
      "job_assignment.employee_id as employeeId",
      sql<string>`lower(job_assignment.valid)`.as("effectiveFrom"),
      sql<string | null>`upper(job_assignment.valid) - 1`.as("effectiveTo"),
      sql<boolean>`job_assignment.valid @> (${now}::timestamptz AT TIME ZONE location.time_zone)::date`.as(
        "inForceToday",
      ),
      "job_assignment.kind",
      "job_assignment.job_title as jobTitle",
      "job_assignment.job_id as jobId",
      "job_assignment.department_id as departmentId",
      "job_assignment.location_id as locationId",
      "job_assignment.manager_id as managerId",
      "job_assignment.weekly_hours_hundredths as weeklyHoursHundredths",
      "job_assignment.note",
      "job_assignment.created_at as createdAt",
      "job_assignment.created_by as createdById",
    ]);
}
