import { type Kysely, sql } from "kysely";
import type {
  EmergencyContact,
  PersonalDetails,
  PostalAddress,
} from "./personal-details.ts";
import type { Tables } from "./tables.ts";

/** No reach here: the guard has checked whose details these are. */
export function personalDetailsRepository(database: Kysely<Tables>) {
  return {
    async findMany(
      employeeIds: readonly string[],
    ): Promise<readonly PersonalDetails[]> {
      const rows = await database
        .selectFrom("personal_details as details")
        .where("details.employee_id", "in", employeeIds)
        .select([
          "details.employee_id as employeeId",
          "details.legal_name as legalName",
          "details.date_of_birth as dateOfBirth",
          "details.gender",
          "details.nationality",
          "details.marital_status as maritalStatus",
          "details.personal_email as personalEmail",
          "details.personal_phone as personalPhone",
          sql<PostalAddress | null>`details.home_address`.as("homeAddress"),
          contacts.as("emergencyContacts"),
          "details.national_id as ciphertext",
          "details.national_id_key as keyId",
          "details.national_id_suffix as suffix",
        ])
        .execute();
      return rows.map(({ ciphertext, keyId, suffix, ...details }) => ({
        ...details,
        encrypted:
          ciphertext !== null && keyId !== null && suffix !== null
            ? { ciphertext, keyId, suffix }
            : null,
      }));
    },
  };
}

const contacts = sql<readonly EmergencyContact[]>`coalesce((
  SELECT jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name,
    'relationship', c.relationship, 'phone', c.phone) ORDER BY c.position)
  FROM emergency_contact c WHERE c.employee_id = details.employee_id
), '[]')`;
