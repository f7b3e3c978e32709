import {
  type Database,
  type PageArguments,
  cappedCount,
  paginate,
} from "@hr/database";
import type { SelectQueryBuilder } from "kysely";
import type { Job, LegalEntity, Location } from "./organisation.ts";
import type { Tables } from "./tables.ts";

/** Company data without a subject: whoever may ask at all sees every row (E14). */
export function organisationRepository(database: Database<Tables>) {
  const { query } = database;
  const jobs = query
    .selectFrom("job")
    .select(["id", "code", "title", "family", "level"]);
  const locations = query
    .selectFrom("location")
    .select([
      "id",
      "name",
      "city",
      "country_code as countryCode",
      "subdivision_code as subdivisionCode",
      "time_zone as timeZone",
    ]);
  return {
    pageJobs: (page: CataloguePage) =>
      cataloguePage(database, jobs, "title", page),

    pageLocations: (page: CataloguePage) =>
      cataloguePage(database, locations, "name", page),

    findJobs: (ids: readonly string[]): Promise<readonly Job[]> =>
      jobs.where("id", "in", ids).execute(),

    findLocations: (ids: readonly string[]): Promise<readonly Location[]> =>
      locations.where("id", "in", ids).execute(),

    findLegalEntities: (
      ids: readonly string[],
    ): Promise<readonly LegalEntity[]> =>
      query
        .selectFrom("legal_entity")
        .where("id", "in", ids)
        .select([
          "id",
          "name",
          "country_code as countryCode",
          "default_currency as defaultCurrency",
        ])
        .execute(),
  };
}

export type CataloguePage = PageArguments & { readonly maximum: number };

/** A page of company data by one of its texts. */
export async function cataloguePage<
  Table extends keyof Tables,
  Row extends { readonly id: string },
>(
  { query, cursorKey }: Pick<Database<Tables>, "query" | "cursorKey">,
  rows: SelectQueryBuilder<Tables, Table, Row>,
  by: keyof Row & string,
  { maximum, ...page }: CataloguePage,
) {
  const connection = await paginate(rows, {
    arguments: page,
    binding: by,
    by: [by, "id"].map((key) => ({ column: key, direction: "asc", key })),
    ...{ cursorKey, maximum },
  });
  return { ...connection, totalCount: () => cappedCount(query, rows) };
}
