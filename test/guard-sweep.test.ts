import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { allScopes, reachOf } from "@hr/access";
import { type SubgraphName, subgraphNames } from "@hr/cli";
import {
  type Coordinate,
  type SubgraphRules,
  declaredElsewhere,
  readSubgraph,
} from "./coordinates.ts";
import {
  type DirectSubgraphs,
  startDirectSubgraphs,
} from "./direct-subgraphs.ts";
import { expectedOf, gatesOf } from "./expected.ts";
import {
  type Answers,
  type Inquiry,
  alternativesOf,
  answersTo,
  askerOf,
  keyOf,
  labelOf,
  mentionedBy,
  withEverything,
  withOnly,
  withTooLittle,
} from "./inquiries.ts";
import { type Answered, askEach, operationFor } from "./questions.ts";
import {
  type Row,
  argumentsOf,
  fieldsAboutTheCaller,
  findRow,
} from "./rows.ts";
import { demandingFields } from "./ways.ts";

const read = subgraphNames.map(
  async (name) => [name, await readSubgraph(name)] as const,
);
const rules = Object.fromEntries(await Promise.all(read)) as Readonly<
  Record<SubgraphName, SubgraphRules>
>;

let subgraphs: DirectSubgraphs;
/** Mia's. */
let row: Row;

beforeAll(async () => {
  subgraphs = await startDirectSubgraphs();
  row = await findRow("emp_mia", async (name, selection) => {
    const mia = `_entities(representations: [{ __typename: "Employee", id: "emp_mia" }])`;
    const query = `{ ${mia} { ... on Employee { ${selection} } } }`;
    const everybody = { employeeId: null, scopes: allScopes };
    return (await subgraphs.ask(name, query, everybody)).data;
  });
});
afterAll(() => subgraphs.close());

describe.each(subgraphNames)("%s, asked directly,", (name) => {
  const { schema, composed, coordinates } = rules[name];
  const all = coordinates.flatMap(withEverything);
  let seen: Answers;
  let answers: Answers;
  let foreign: Readonly<Record<string, string | null>>;

  beforeAll(async () => {
    const asked = coordinates.flatMap((one) => [
      ...withTooLittle(one),
      ...alternativesOf(one).flatMap((scopes) =>
        withOnly(scopes, one, rules[name]),
      ),
    ]);
    const asking = {
      ...{ row, schema },
      ask: subgraphs.ask.bind(subgraphs, name),
    };
    seen = await answersTo(all, { ...asking, subjects: true });
    answers = await answersTo(asked, asking);
    foreign = await subgraphs.foreignTokens(name);
  });

  test("is met in every protected part, and no field lacks the arguments it demands", () => {
    const met = all.filter((one) => seen.get(keyOf(one))?.rows);
    const names = new Set(met.map(({ coordinate }) => coordinate));
    expect(coordinates.filter((one) => !names.has(one))).toEqual([]);
    expect(names.size).toBeGreaterThan(60);
    const demanding = demandingFields(schema);
    expect(demanding.filter((one) => !(one in argumentsOf))).toEqual([]);
  });

  describe.each(coordinates)("$name", (coordinate) => {
    // Whoever has a token may ask for the one that names no scope.
    if (coordinate.scopes.length > 0)
      test("is closed to who holds every other scope, and names what closes it", () => {
        const { actual, expected } = compare(withTooLittle(coordinate));
        expect(actual).toEqual(expected);
        expect(actual).not.toEqual({});
        for (const { values } of Object.values(actual))
          expect(values).toEqual([]);
      });

    const alternatives = alternativesOf(coordinate).map((scopes) => ({
      scopes,
      words: scopes.join(" ") || "no scope",
    }));
    test.each(alternatives)(
      "with $words is open for the rows in reach of it alone",
      ({ scopes }) => {
        const asked = withOnly(scopes, coordinate, rules[name]);
        const { actual, expected } = compare(asked);
        expect(actual).toEqual(expected);
        expect(actual).not.toEqual({});
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
    const mia = { employeeId: "emp_mia", scopes: allScopes };
    expect(
      await subgraphs.ask(name, "{ _service { sdl } }", mia),
    ).toMatchObject({
      status: 200,
      data: null,
      errors: [{ extensions: { code: "FORBIDDEN" } }],
    });
  });

  describe.each(ownedEntities(name))("a reference to a %s", (type) => {
    const askAs = async (employeeId: string, claimed: string) => {
      const id = row.ids[type];
      const reference = `{ __typename: "${type}", id: "${id}", employeeId: "${claimed}",
        employee_id: "${claimed}", subject: "${claimed}", employee: { __typename: "Employee", id: "${claimed}" } }`;
      const query = `{ _entities(representations: [${reference}]) { ... on ${type} { id } } }`;
      const asker = { employeeId, scopes: narrowScopes };
      return (await subgraphs.ask(name, query, asker)).data;
    };

    test("that claims to be the stranger's who sends it stays closed to her", async () => {
      const answer = await askAs("emp_0030", "emp_0030");
      expect(answer).toEqual({ _entities: [null] });
    });

    test("that claims to be a stranger's stays open to whom it belongs", async () => {
      const answer = await askAs("emp_mia", "emp_0030");
      expect(answer).toEqual({ _entities: [{ id: row.ids[type] }] });
    });
  });

  /** Status, data and reason, by whose token it is. */
  async function refusals(query: string) {
    const told: Record<string, unknown> = {};
    for (const [whose, token] of Object.entries(foreign)) {
      const answer = await subgraphs.askBearing(name, query, token);
      const reason = answer.errors?.[0]?.extensions?.["reason"];
      told[whose] = [answer.status, answer.data, reason];
    }
    return told;
  }

  function compare(asked: readonly Inquiry[]) {
    const actual: Record<string, Omit<Answered, "rows">> = {};
    const expected: typeof actual = {};
    for (const inquiry of asked) {
      const { coordinate, way } = inquiry;
      const all = seen.get(keyOf({ ...inquiry, held: allScopes }));
      const answered = answers.get(keyOf(inquiry));
      // The way leads this caller to no row at all, whatever it holds.
      if (!answered || !all?.rows) continue;
      const question = { ...coordinate, way, row };
      const gates = gatesOf(question, schema, composed);
      const due = expectedOf(gates, askerOf(inquiry), question, all.values);
      const { values, errors } = answered;
      const isSilent = due.orSilent && errors.length === 0;
      const label = labelOf(inquiry);
      actual[label] = { values: comparable(coordinate, values), errors };
      expected[label] = {
        values: comparable(coordinate, due.values),
        errors: isSilent ? [] : due.errors,
      };
    }
    return { actual, expected };
  }
});

describe.each(subgraphNames.flatMap((name) => declaredElsewhere(name, rules)))(
  "$name, which $by closes and $subgraph serves too,",
  ({ subgraph, by: _, ...coordinate }) => {
    const [way = []] = coordinate.ways;
    const askWith = (scopes: readonly string[]) =>
      askEach([{ ...coordinate, way, row }], {
        schema: rules[subgraph].schema,
        ask: (operation) =>
          subgraphs.ask(subgraph, operation, { employeeId: "emp_mia", scopes }),
      });

    test("is closed there to who holds every other scope, open with them all", async () => {
      const asked = mentionedBy(coordinate);
      const others = allScopes.filter((scope) => !asked.has(scope));
      expect(await askWith(others)).toMatchObject([
        {
          values: [],
          errors: [`UNAUTHORIZED_FIELD_OR_TYPE ${coordinate.name}`],
        },
      ]);
      expect(await askWith(allScopes)).toMatchObject([
        { rows: 1, values: [expect.anything()], errors: [] },
      ]);
    });
  },
);

const refusedAll = {
  "no token": [401, undefined, "NO_TOKEN"],
  "a client's access token": [401, undefined, "ALG_NOT_ALLOWED"],
  "another subgraph's token": [401, undefined, "AUDIENCE_MISMATCH"],
};

/** Every scope that opens only rows of one's own or of one's reports. */
const narrowScopes = allScopes.filter((scope) => reachOf(scope) !== "everyone");

/** Entities that open to some by whose they are. */
function ownedEntities(name: SubgraphName): readonly string[] {
  const { entities, composed } = rules[name];
  return [...entities].filter((type) =>
    composed
      .entry(type)
      .scopes.flat(2)
      .some((scope) => reachOf(scope) === "self"),
  );
}

function comparable({ name }: Coordinate, values: readonly unknown[]) {
  return fieldsAboutTheCaller.has(name)
    ? values.map((value) => typeof value)
    : values;
}
