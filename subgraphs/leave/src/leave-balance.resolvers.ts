import type { PageArguments } from "@hr/database";
import { demandDay, maximumPage } from "./arguments.policy.ts";
import { type LeaveContext, todayOf } from "./context.ts";
import { type Day, covers } from "./dates.ts";
import type { LedgerEntry } from "./leave-ledger.repository.ts";
import { findOpenLeaveTypes } from "./leave-type.repository.ts";
import { person } from "./person.policy.ts";

type ById = { readonly id: string };

export const leaveBalanceResolvers = {
  Query: {
    leaveTypes: (
      _: unknown,
      { includeInactive }: { readonly includeInactive: boolean },
      context: LeaveContext,
    ) =>
      findOpenLeaveTypes(
        context.database.query,
        context.reach("leave:read"),
        includeInactive,
      ),
  },
  LeaveType: {
    __resolveReference: ({ id }: ById, { load }: LeaveContext) =>
      load.leaveType.load(id),
  },
  Employee: {
    __resolveReference: ({ id }: ById, { load }: LeaveContext) =>
      load.employee.load(id),
    leaveBalances(
      { id }: ById,
      { asOf }: { readonly asOf?: Day | null },
      { load }: LeaveContext,
    ) {
      if (asOf) demandDay("asOf", asOf);
      return load.balances(asOf ?? null).load(id);
    },
    leaveLedger: (
      { id }: ById,
      {
        leaveTypeId,
        ...page
      }: PageArguments & { readonly leaveTypeId: string },
      context: LeaveContext,
    ) =>
      context.load
        .ledgerOf({
          leaveTypeId,
          page: { ...page, maximum: maximumPage(context) },
        })
        .load(id),
    workSchedule: ({ id }: ById, _: unknown, context: LeaveContext) =>
      scheduleOf(id, context),
  },
  LeaveLedgerEntry: {
    request: ({ requestId }: LedgerEntry, _: unknown, { load }: LeaveContext) =>
      requestId && load.request.load(requestId),
    createdBy: (
      { createdById }: LedgerEntry,
      _: unknown,
      context: LeaveContext,
    ) => person(createdById, context),
  },
  WorkSchedule: {
    holidayCalendar: (
      { calendarId }: { readonly calendarId: string | null },
      _: unknown,
      { load }: LeaveContext,
    ) => calendarId && load.calendar.load(calendarId),
  },
};

async function scheduleOf(id: string, context: LeaveContext) {
  const { load } = context;
  const [employee, found] = await Promise.all([
    load.employee.load(id),
    load.employment.load(id),
  ]);
  const [, employment] = found ?? [];
  if (!employee || !employment) return null;
  const today = todayOf(context, employee);
  const schedule = employment.schedules.find((one) => covers(one, today));
  if (!schedule) return null;
  const place = employment.workplaces.find((one) => covers(one, today));
  return {
    week: schedule.week,
    effectiveFrom: schedule.from,
    calendarId: place?.calendarId ?? null,
  };
}
