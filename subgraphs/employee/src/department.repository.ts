import type { Database } from "@hr/database";
import type { Department } from "./department.ts";
import {
  type CataloguePage,
  cataloguePage,
} from "./organisation.repository.ts";
import type { Tables } from "./tables.ts";

/** Departments are company data without a subject: whoever may ask at all sees every row (E14). */
export function departmentRepository(database: Database<Tables>) {
  const departments = database.query
    .selectFrom("department")
    .select([
      "id",
      "code",
      "name",
      "parent_id as parentId",
      "head_id as headId",
    ]);
  return {
    pageRoots: (page: CataloguePage) =>
      cataloguePage(
        database,
        departments.where("parent_id", "is", null),
        "name",
        page,
      ),

    findMany: (ids: readonly string[]): Promise<readonly Department[]> =>
      departments.where("id", "in", ids).execute(),

    findChildren: (
      parentIds: readonly string[],
    ): Promise<readonly Department[]> =>
      departments
        .where("parent_id", "in", parentIds)
        .orderBy("name")
        .orderBy("id")
        .execute(),
  };
}
