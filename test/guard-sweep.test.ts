import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { allScopes, multiply, reachOf } from "@hr/access";
import { type SubgraphName, subgraphNames } from "@hr/cli";
import { createTestIssuer } from "@hr/tokens/testing";
import {
  type Coordinate,
  type SubgraphRules,
  readSubgraph,
} from "./coordinates.ts";
import {
  type DirectSubgraphs,
  startDirectSubgraphs,
} from "./direct-subgraphs.ts";
import { type Asker, type Gate, expectedOf, gatesOf } from "./expected.ts";
import { type Answered, askEach, operationFor } from "./questions.ts";
import { type Row, argumentsOf, findRow } from "./rows.ts";
import { type Way, demandingFields } from "./ways.ts";

/** Who asks about Mia's rows: she, who is above her, below her, beside her, and a machine. */
const askers = {
  "Mia herself": "emp_mia",
  "Wei, her manager": "emp_0003",
  "Ingrid, his manager": "emp_0001",
  "Ada, her report": "emp_ada",
  "Zoë, a stranger": "emp_0030",
  "a machine": null,
} as const;
type Name = keyof typeof askers;
const names = Object.keys(askers) as readonly Name[];

const rules = Object.fromEntries(
  await Promise.all(
    subgraphNames.map(async (name) => [name, await readSubgraph(name)]),
  ),
) as Readonly<Record<SubgraphName, SubgraphRules>>;

let subgraphs: DirectSubgraphs;
beforeAll(async () => {
  subgraphs = await startDirectSubgraphs();
});
afterAll(() => subgraphs.close());

describe.each(subgraphNames)("%s, asked directly,", (name) => {
  const { schema, composed, local, entities, coordinates } = rules[name];
  let row: Row;
  let answers: Answers;
  let everything: Answers;

  beforeAll(async () => {
    row = await findRow("emp_mia", (from, selection) =>
      from === name ? lookUp(name, selection) : Promise.resolve({}),
    );
    const plan = coordinates.flatMap((one) => [
      ...without(one),
      ...alternativesOf(one).flatMap((scopes) => withOnly(one, scopes)),
    ]);
    const all = coordinates.flatMap((one) => inquiries(one, allScopes));
    everything = await answersTo(name, all, { row, subjects: true });
    answers = await answersTo(name, plan, { row });
  });

  test("is met in every protected part, and no field lacks the arguments it demands", () => {
    expect(coordinates.length).toBeGreaterThan(60);
    const met = ({ asker, ...one }: Inquiry) =>
      everything.get(keyOf({ asker, ...one }))?.rows !== 0;
    const unmet = coordinates.filter(
      (one) => !inquiries(one, allScopes).some(met),
    );
    expect(unmet.map((one) => one.name)).toEqual([]);
    const demanding = demandingFields(schema);
    expect(demanding.filter((one) => !(one in argumentsOf))).toEqual([]);
  });

  describe.each(coordinates)("$name", (coordinate) => {
    test("is closed to who holds every other scope, and names what closes it", () => {
      const told = compare(without(coordinate));
      expect(told.actual).toEqual(told.expected);
      expect(told.count).toBeGreaterThan(0);
      for (const { values } of Object.values(told.actual))
        expect(values).toEqual([]);
    });

    const alternatives = alternativesOf(coordinate).map((scopes) => ({
      scopes,
      words: scopes.join(" "),
    }));
    test.each(alternatives)(
      "with $words is open for the rows in reach of it alone",
      ({ scopes }) => {
        const told = compare(withOnly(coordinate, scopes));
        expect(told.actual).toEqual(told.expected);
        expect(told.count).toBeGreaterThan(0);
      },
    );
  });

  function compare(asked: readonly Inquiry[]) {
    const actual: Record<string, Said> = {};
    const expected: Record<string, Said> = {};
    for (const inquiry of asked) {
      const all = everything.get(keyOf({ ...inquiry, held: allScopes }));
      const answered = answers.get(keyOf(inquiry));
      // The way leads this caller to no row at all, whatever it holds.
      if (!answered || !all || all.rows === 0) continue;
      const question = { ...inquiry.coordinate, way: inquiry.way, row };
      const due = expectedOf(
        gatesOf(question, schema, composed),
        askerOf(inquiry),
        question,
        all.values,
      );
      const { values, errors } = answered;
      const label = labelOf(inquiry);
      actual[label] = {
        values,
        errors: errors.map(({ code, coordinate }) => `${code} ${coordinate}`),
      };
      expected[label] = {
        values: due.values,
        errors: due.orSilent && errors.length === 0 ? [] : due.errors,
      };
    }
    return { actual, expected, count: Object.keys(actual).length };
  }

  /** All but the scopes it asks for, and each alternative less one of them. */
  function without(coordinate: Coordinate): readonly Inquiry[] {
    const asked = mentionedBy(coordinate);
    const others = allScopes.filter((scope) => !asked.has(scope));
    const lacking = alternativesOf(coordinate).flatMap((scopes) =>
      scopes.map((one) => scopes.filter((scope) => scope !== one)),
    );
    return lacking.flatMap((scopes) =>
      inquiries(coordinate, [...others, ...scopes]).filter(
        ({ asker }) => asker === "Mia herself",
      ),
    );
  }

  /** No more than one alternative and what each way needs besides. */
  function withOnly(
    coordinate: Coordinate,
    scopes: readonly string[],
  ): readonly Inquiry[] {
    return inquiries(coordinate, scopes).flatMap((inquiry) => {
      const { way } = inquiry;
      const gates = gatesOf({ ...coordinate, way, row }, schema, composed);
      const held = withWay(scopes, gates, mentionedBy(coordinate));
      return held ? [{ ...inquiry, held }] : [];
    });
  }
});

type Inquiry = {
  readonly coordinate: Coordinate;
  readonly way: Way;
  readonly asker: Name;
  readonly held: readonly string[];
};

type Answers = ReadonlyMap<string, Answered>;
type Said = {
  readonly values: readonly unknown[];
  readonly errors: readonly string[];
};

function inquiries(
  coordinate: Coordinate,
  held: readonly string[],
): readonly Inquiry[] {
  return coordinate.ways.flatMap((way) =>
    names.map((asker) => ({ coordinate, way, asker, held })),
  );
}

function mentionedBy({ scopes }: Coordinate): ReadonlySet<string> {
  return new Set(scopes.flat(2));
}

function alternativesOf({ scopes }: Coordinate) {
  return multiply(scopes, { bound: Infinity }).alternatives;
}

/** The scopes and, company-wide, what the way asks for besides; undefined where that would open more of the coordinate. */
function withWay(
  scopes: readonly string[],
  gates: readonly Gate[],
  mentioned: ReadonlySet<string>,
): readonly string[] | undefined {
  const held = new Set(scopes);
  for (const dnf of gates.flatMap(({ before, after }) => [...before, ...after])) {
    if (dnf.some((all) => all.every((scope) => held.has(scope)))) continue;
    const wide = dnf.find((all) =>
      all.every(
        (scope) => reachOf(scope) === "everyone" && !mentioned.has(scope),
      ),
    );
    if (!wide) return undefined;
    for (const scope of wide) held.add(scope);
  }
  return [...held];
}

function askerOf({ asker, held }: Inquiry): Asker {
  return { employeeId: askers[asker], scopes: held };
}

function keyOf({ coordinate, way, asker, held }: Inquiry): string {
  return JSON.stringify([coordinate.name, way, asker, [...held].sort()]);
}

function labelOf({ way, asker, held }: Inquiry): string {
  const steps = way.map((step) =>
    step.kind === "field" ? `${step.parent}.${step.name}` : step.type,
  );
  return `${asker}, ${steps.join(" > ") || "at the root"}, with ${held.join(" ")}`;
}

async function answersTo(
  name: SubgraphName,
  asked: readonly Inquiry[],
  { row, subjects = false }: { readonly row: Row; readonly subjects?: boolean },
): Promise<Answers> {
  const groups = Map.groupBy(asked, ({ asker, held }) =>
    JSON.stringify([asker, [...held].sort()]),
  );
  const answers = new Map<string, Answered>();
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const [first] = group;
      if (!first) return;
      const answered = await askEach(
        group.map(({ coordinate, way }) => ({ ...coordinate, way, row })),
        {
          schema: rules[name].schema,
          subjects,
          ask: (operation) => subgraphs.ask(name, operation, askerOf(first)),
        },
      );
      group.forEach((one, index) => {
        const answer = answered[index];
        if (answer) answers.set(keyOf(one), answer);
      });
    }),
  );
  return answers;
}

/** Of Mia, by somebody who may see everything. */
async function lookUp(name: SubgraphName, selection: string): Promise<unknown> {
  const mia = `_entities(representations: [{ __typename: "Employee", id: "emp_mia" }])`;
  const { data } = await subgraphs.ask(
    name,
    `{ ${mia} { ... on Employee { ${selection} } } }`,
    { employeeId: null, scopes: allScopes },
  );
  return data;
}
