import type { PageArguments } from "@hr/database";
import { type AbsenceFilter, pageAbsences } from "./absence.repository.ts";
import { type Absence, maximumWindow } from "./absence.ts";
import { demandWindow, maximumPage } from "./arguments.policy.ts";
import type { LeaveContext } from "./context.ts";
import { person } from "./person.policy.ts";

export const absenceResolvers = {
  Query: {
    absences(
      _: unknown,
      { first, after, ...filter }: AbsenceFilter & PageArguments,
      context: LeaveContext,
    ) {
      demandWindow(filter, maximumWindow);
      return pageAbsences(context.database, filter, {
        ...{ first, after },
        maximum: maximumPage(context),
      });
    },
  },
  Employee: {
    currentAbsence: (
      { id }: { readonly id: string },
      _: unknown,
      { load }: LeaveContext,
    ) => load.absence.load(id),
  },
  Absence: {
    employee: ({ employeeId }: Absence, _: unknown, context: LeaveContext) =>
      person(employeeId, context),
  },
};
