import type { ForwardPage } from "./connection.ts";
import type { EmployeeContext } from "./context.ts";
import { maximumPage } from "./page.policy.ts";

type Reference = { readonly id: string };

export const organisationResolvers = {
  Query: {
    jobs: (_: unknown, page: ForwardPage, context: EmployeeContext) =>
      context.organisation.pageJobs({ ...page, maximum: maximumPage(context) }),
    locations: (_: unknown, page: ForwardPage, context: EmployeeContext) =>
      context.organisation.pageLocations({
        ...page,
        maximum: maximumPage(context),
      }),
  },

  Job: {
    __resolveReference: ({ id }: Reference, { load }: EmployeeContext) =>
      load.job.load(id),
  },
  Location: {
    __resolveReference: ({ id }: Reference, { load }: EmployeeContext) =>
      load.location.load(id),
  },
  LegalEntity: {
    __resolveReference: ({ id }: Reference, { load }: EmployeeContext) =>
      load.legalEntity.load(id),
  },
};
