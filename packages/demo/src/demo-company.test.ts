import { describe, expect, test } from "@jest/globals";
import type { DemoCompany, DemoEmployee } from "./company.ts";
import { addDays, lastOfMonth } from "./days.ts";
import { demoCompany, demoToday } from "./demo-company.ts";
import { personas } from "./personas.ts";

const days = [
  "2026-01-01",
  "2026-03-31",
  "2026-11-24",
  "2027-02-28",
  "2028-02-29",
  "2028-12-31",
];

test("is the same company for the same seed and day, and another for another seed", () => {
  const first = demoCompany({ today: "2026-03-31", seed: 42 });
  expect(demoCompany({ today: "2026-03-31" })).toEqual(first);
  expect(demoCompany({ today: "2026-03-31", seed: 7 })).not.toEqual(first);
});

test("takes today from the environment where it is set, else from the clock", () => {
  expect(demoToday({ DEMO_TODAY: "2026-03-31" })).toBe("2026-03-31");
  expect(demoToday({})).toMatch(/^\d{4}-\d{2}-\d{2}$/);
});

describe.each(days)("the demo company on %s", (today) => {
  const company = demoCompany({ today });
  const { employees } = company;
  const of = (id: string) => employees.find((one) => one.id === id)!;

  test("has fifty people, eight departments in three levels, four locations and three legal entities", () => {
    expect(new Set(employees.map(({ id }) => id)).size).toBe(50);
    expect(new Set(employees.map((one) => one.employeeNumber)).size).toBe(50);
    expect(new Set(employees.map(({ workEmail }) => workEmail)).size).toBe(50);
    expect(company.departments).toHaveLength(8);
    expect(company.departments.map((one) => levelOf(company, one.id))).toEqual([
      1, 2, 3, 3, 2, 3, 2, 3,
    ]);
    expect(
      company.locations.map(({ subdivisionCode }) => subdivisionCode),
    ).toEqual(["DE-BE", "DE-BY", "GB-ENG", "JP-13"]);
    expect(
      company.legalEntities.map(({ defaultCurrency }) => defaultCurrency),
    ).toEqual(["EUR", "GBP", "JPY"]);
  });

  test("refers only to what exists", () => {
    const ids = (things: readonly { id: string }[]) =>
      new Set(things.map(({ id }) => id));
    const known = {
      people: ids(employees),
      departments: ids(company.departments),
      jobs: ids(company.jobs),
      locations: ids(company.locations),
      entities: ids(company.legalEntities),
    };
    for (const { employments, legalEntityId } of employees) {
      expect(known.entities).toContain(legalEntityId);
      for (const row of employments.flatMap((one) => one.assignments)) {
        expect(known.departments).toContain(row.departmentId);
        expect(known.jobs).toContain(row.jobId);
        expect(known.locations).toContain(row.locationId);
        if (row.managerId) expect(known.people).toContain(row.managerId);
      }
    }
    for (const { headId } of company.departments)
      expect(known.people).toContain(headId);
  });

  test("covers each employment with assignments that neither overlap nor leave a gap", () => {
    for (const { employments } of employees)
      for (const { hireDate, terminationDate, assignments } of employments) {
        expect(assignments[0]?.effectiveFrom).toBe(hireDate);
        expect(assignments.at(-1)?.effectiveTo).toBe(terminationDate);
        for (const [index, row] of assignments.entries()) {
          if (row.effectiveTo)
            expect(row.effectiveTo >= row.effectiveFrom).toBe(true);
          const next = assignments[index + 1];
          if (next)
            expect(row.effectiveTo).toBe(addDays(next.effectiveFrom, -1));
        }
      }
  });

  test("has one person without a manager, no loop, and managers employed all the while", () => {
    const tops = employees.filter(({ current }) => !current.managerId);
    expect(tops.map(({ current }) => current.jobTitle)).toEqual([
      "Chief Executive",
    ]);
    for (const person of employees) {
      expect(chain(employees, person).length).toBeLessThanOrEqual(4);
      for (const row of person.employments.flatMap((one) => one.assignments))
        if (row.managerId)
          expect(isEmployed(of(row.managerId), row)).toBe(true);
    }
  });

  test("gives every persona with a record their own name and an active employment", () => {
    for (const { employeeId, displayName } of personas) {
      if (employeeId === null) continue;
      expect(of(employeeId)).toMatchObject({ displayName, status: "ACTIVE" });
    }
  });

  test("puts seven people below Mia, five of them directly, in two regions, Ada in Berlin among them", () => {
    const below = employees.filter((one) =>
      chain(employees, one).includes("emp_mia"),
    );
    expect(below).toHaveLength(7);
    expect(
      below.filter(({ current }) => current.managerId === "emp_mia"),
    ).toHaveLength(5);
    expect(new Set(below.map(({ current }) => current.locationId))).toEqual(
      new Set(["loc_berlin", "loc_munich"]),
    );
    expect(of("emp_ada").current).toMatchObject({
      locationId: "loc_berlin",
      managerId: "emp_mia",
    });
  });

  test("contains the names that break layouts and searches", () => {
    const names = employees.map(({ displayName }) => displayName);
    expect(names).toContain("Jürgen Größle");
    expect(of("emp_0013")).toMatchObject({
      familyName: "",
      displayName: "Wulandari",
    });
    expect(names.filter((name) => [...name].length === 60)).toHaveLength(1);
    expect(
      names.filter((name) => /\p{Script=Hebrew}/u.test(name)),
    ).toHaveLength(1);
    expect(names.filter((name) => name === "Anna Schmidt")).toHaveLength(2);
    expect(of("emp_0018").displayName).toBe("Nguyễn Anh");
    for (const { workEmail } of employees)
      expect(workEmail).toMatch(/^[a-z]+([.-][a-z]+)*\d*@lindenhof\.example$/);
  });

  test("contains part-time work of both shapes and a 38.5 hour week", () => {
    expect(of("emp_0007")).toMatchObject({
      week: [1, 1, 1, 0, 0, 0, 0],
      current: { weeklyHoursHundredths: 2400 },
    });
    expect(of("emp_0011")).toMatchObject({
      week: [1, 1, 1, 1, 1, 0, 0],
      current: { weeklyHoursHundredths: 2400 },
    });
    expect(of("emp_0006").current).toMatchObject({
      kind: "HOURS_CHANGE",
      weeklyHoursHundredths: 3850,
    });
  });

  test("contains people who come, go and return", () => {
    const endOf = (id: string) => of(id).employments.at(-1)?.terminationDate;
    expect(of("emp_0049").status).toBe("PREHIRE");
    expect(of("emp_0049").current.effectiveFrom > today).toBe(true);
    expect(of("emp_0037").status).toBe("TERMINATED");
    expect(endOf("emp_0037")).toBe(lastOfMonth(today, -2));
    expect(endOf("emp_0038")?.slice(8)).toBe("14");
    expect(of("emp_0038").status).toBe("TERMINATED");
    expect(of("emp_0043").employments[0]?.hireDate.slice(8)).toBe("16");
    expect(of("emp_0043").status).toBe("ACTIVE");
    expect(of("emp_0019").employments).toHaveLength(2);
    expect(of("emp_0019").current.kind).toBe("REHIRE");
    expect(of("emp_0008").status).toBe("ON_LEAVE");
  });

  test("contains changes past and scheduled", () => {
    const kinds = (id: string) =>
      of(id).employments[0]?.assignments.map(({ kind, effectiveFrom }) => [
        kind,
        effectiveFrom > today ? "scheduled" : "past",
      ]);
    expect(kinds("emp_mia")).toEqual([
      ["HIRE", "past"],
      ["PROMOTION", "past"],
    ]);
    expect(kinds("emp_0012")).toEqual([
      ["HIRE", "past"],
      ["TRANSFER", "scheduled"],
    ]);
    expect(kinds("emp_0032")).toEqual([
      ["HIRE", "past"],
      ["MANAGER_CHANGE", "scheduled"],
    ]);
    expect(of("emp_0050").employments[0]?.assignments[0]?.managerId).toBe(
      "emp_mia",
    );
  });
});

function levelOf(company: DemoCompany, id: string | null): number {
  const department = company.departments.find((one) => one.id === id);
  return department ? 1 + levelOf(company, department.parentId) : 0;
}

function chain(
  employees: readonly DemoEmployee[],
  { current }: DemoEmployee,
): readonly string[] {
  const manager = employees.find(({ id }) => id === current.managerId);
  return manager ? [manager.id, ...chain(employees, manager)] : [];
}

function isEmployed(
  { employments }: DemoEmployee,
  during: { effectiveFrom: string; effectiveTo: string | null },
): boolean {
  return employments.some(
    ({ hireDate, terminationDate }) =>
      hireDate <= during.effectiveFrom &&
      (terminationDate === null ||
        terminationDate >= (during.effectiveTo ?? "9999")),
  );
}
