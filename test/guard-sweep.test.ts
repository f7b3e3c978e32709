import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Rules, allScopes, multiply, reachOf } from "@hr/access";
import { type SubgraphName, subgraphNames } from "@hr/cli";
import { createTestIssuer } from "@hr/tokens/testing";
import {
  type Coordinate,
  type SubgraphRules,
  coordinatesOf,
  readSubgraph,
} from "./coordinates.ts";
import {
  type DirectSubgraphs,
  startDirectSubgraphs,
} from "./direct-subgraphs.ts";
import {
  type Asker,
  type Gate,
  type Requirements,
  expectedOf,
  gatesOf,
} from "./expected.ts";
import { type Answered, askEach, operationFor } from "./questions.ts";
import {
  type Row,
  argumentsOf,
  fieldsAboutTheCaller,
  findRow,
} from "./rows.ts";
import { type Way, demandingFields, nameOf } from "./ways.ts";

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
  const { schema, composed, coordinates } = rules[name];
  let row: Row;
  let answers: Answers;
  let everything: Answers;
  /** Tokens of others, each with every scope there is. */
  let foreign: Readonly<Record<string, string | null>>;

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
    foreign = await foreignTokens(name);
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
    // Whoever has a token may ask for the one that names no scope.
    if (coordinate.scopes.length > 0)
      test("is closed to who holds every other scope, and names what closes it", () => {
        const told = compare(without(coordinate));
        expect(told.actual).toEqual(told.expected);
        expect(told.count).toBeGreaterThan(0);
        for (const { values } of Object.values(told.actual))
          expect(values).toEqual([]);
      });

    const alternatives = alternativesOf(coordinate).map((scopes) => ({
      scopes,
      words: scopes.join(" ") || "no scope",
    }));
    test.each(alternatives)(
      "with $words is open for the rows in reach of it alone",
      ({ scopes }) => {
        const told = compare(withOnly(coordinate, scopes));
        expect(told.actual).toEqual(told.expected);
        expect(told.count).toBeGreaterThan(0);
      },
    );

    test("answers nothing to a request with anybody else's token, or none", async () => {
      const [way = []] = coordinate.ways;
      const query = operationFor([{ ...coordinate, way, row }], { schema });
      expect(await refusals(query)).toEqual(refusedAll);
    });
  });

  test.each([
    ["introspection", "{ __schema { queryType { name } } }"],
    ["the SDL", "{ _service { sdl } }"],
    ["nothing at all", "{ __typename }"],
  ])("refuses everybody else who asks for %s", async (_what, query) => {
    expect(await refusals(query)).toEqual(refusedAll);
  });

  test("keeps its SDL even from the gateway", async () => {
    const answer = await subgraphs.ask(name, "{ _service { sdl } }", {
      employeeId: "emp_mia",
      scopes: allScopes,
    });
    expect(answer).toMatchObject({
      status: 200,
      data: null,
      errors: [{ extensions: { code: "FORBIDDEN" } }],
    });
  });

  describe.each(ownedEntities(name))("a reference to a %s", (type) => {
    const askAs = async (employeeId: string, claimed: string) => {
      const reference = `{ __typename: "${type}", id: "${row.ids[type]}", employeeId: "${claimed}",
        employee_id: "${claimed}", subject: "${claimed}", employee: { __typename: "Employee", id: "${claimed}" } }`;
      const { data } = await subgraphs.ask(
        name,
        `{ _entities(representations: [${reference}]) { ... on ${type} { id } } }`,
        { employeeId, scopes: narrowScopes },
      );
      return data;
    };

    test("that claims to be the stranger's who sends it stays closed to her", async () => {
      expect(await askAs("emp_0030", "emp_0030")).toEqual({
        _entities: [null],
      });
    });

    test("that claims to be a stranger's stays open to whom it belongs", async () => {
      expect(await askAs("emp_mia", "emp_0030")).toEqual({
        _entities: [{ id: row.ids[type] }],
      });
    });
  });

  async function refusals(query: string) {
    const told: Record<string, unknown> = {};
    for (const [whose, token] of Object.entries(foreign)) {
      const { status, data, errors } = await subgraphs.askBearing(
        name,
        query,
        token,
      );
      const [error] = errors ?? [];
      told[whose] = [status, data, error?.extensions?.["reason"]];
    }
    return told;
  }

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
        values: shown(inquiry.coordinate, values),
        errors: errors.map(({ code, coordinate }) => `${code} ${coordinate}`),
      };
      expected[label] = {
        values: shown(inquiry.coordinate, due.values),
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

/** Every scope that opens only rows of one's own or of one's reports. */
const narrowScopes = allScopes.filter((scope) => reachOf(scope) !== "everyone");

/** What another subgraph asks for at a coordinate that stands in this one too. */
function declaredElsewhere(name: SubgraphName) {
  const { schema, local, entities } = rules[name];
  return subgraphNames
    .filter((other) => other !== name)
    .flatMap((other) => {
      const declared: Requirements = {
        own: (coordinate) => difference(rules[other].local, local, coordinate),
        entry: (type) => difference(rules[other].local, local, type),
      };
      return coordinatesOf(schema, declared, entities)
        .filter((one) => declared.own(one.name).scopes.length > 0)
        .map((one) => ({ ...one, by: other, subgraph: name }));
    });
}

function difference(theirs: Rules, ours: Rules, coordinate: string) {
  const known = ours.own(coordinate).scopes.map((dnf) => JSON.stringify(dnf));
  const { scopes, ...rest } = theirs.own(coordinate);
  return {
    ...rest,
    scopes: scopes.filter((dnf) => !known.includes(JSON.stringify(dnf))),
  };
}

/** Entities that open to some by whose they are. */
function ownedEntities(name: SubgraphName): readonly string[] {
  const { entities, composed } = rules[name];
  return [...entities].filter((type) =>
    composed
      .entry(type)
      .scopes.flat(2)
      .some((scope) => scope.endsWith(":self")),
  );
}

/** Status, data and reason, by whose token it is. */
const refusedAll = {
  "no token": [401, undefined, "NO_TOKEN"],
  "a client's access token": [401, undefined, "ALG_NOT_ALLOWED"],
  "another subgraph's token": [401, undefined, "AUDIENCE_MISMATCH"],
};

async function foreignTokens(
  name: SubgraphName,
): Promise<Readonly<Record<keyof typeof refusedAll, string | null>>> {
  const issuer = await createTestIssuer({
    issuer: "http://localhost:4001",
    audience: "http://localhost:4000/graphql",
  });
  const caller = {
    sub: "usr_mia",
    clientId: "hr-cli",
    employeeId: "emp_mia",
    scope: allScopes.join(" "),
  };
  const other = subgraphNames.find((one) => one !== name) ?? "";
  return {
    "no token": null,
    "a client's access token": await issuer.accessToken(caller),
    "another subgraph's token": await subgraphs.mint.token({
      ...caller,
      subgraph: other,
    }),
  };
}

function shown({ name }: Coordinate, values: readonly unknown[]) {
  return fieldsAboutTheCaller.has(name)
    ? values.map((value) => typeof value)
    : values;
}

describe.each(subgraphNames.flatMap(declaredElsewhere))(
  "$name, which $by closes and $subgraph serves too,",
  ({ subgraph, ...coordinate }) => {
    const asked = mentionedBy(coordinate);
    const others = allScopes.filter((scope) => !asked.has(scope));

    test("is closed there to who holds every other scope, open with them all", async () => {
      const row = await findRow("emp_mia", (from, selection) =>
        from === subgraph ? lookUp(from, selection) : Promise.resolve({}),
      );
      const [way = []] = coordinate.ways;
      const askWith = (scopes: readonly string[]) =>
        askEach([{ ...coordinate, way, row }], {
          schema: rules[subgraph].schema,
          ask: (operation) =>
            subgraphs.ask(subgraph, operation, {
              employeeId: "emp_mia",
              scopes,
            }),
        });
      expect(await askWith(others)).toMatchObject([
        {
          values: [],
          errors: [
            {
              code: "UNAUTHORIZED_FIELD_OR_TYPE",
              coordinate: coordinate.name,
            },
          ],
        },
      ]);
      expect(await askWith(allScopes)).toMatchObject([
        { rows: 1, values: [expect.anything()], errors: [] },
      ]);
    });
  },
);

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
  for (const dnf of gates.flatMap(({ before, after }) => [
    ...before,
    ...after,
  ])) {
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
  return `${asker}, ${nameOf(way) || "at the root"}, with ${held.join(" ")}`;
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
