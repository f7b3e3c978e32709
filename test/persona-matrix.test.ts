import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readRules } from "@hr/access";
import { accessMatrix, checkout } from "@hr/cli";
import { type Persona, personas } from "@hr/demo";
import { buildASTSchema, parse } from "graphql";
import { coordinatesOf } from "./coordinates.ts";
import { type Estate, startEstate } from "./estate.ts";
import {
  answersAnyway,
  gatesOf,
  isAbove,
  isRootPage,
  shutGate,
} from "./expected.ts";
import { type Answered, type Question, askEach } from "./questions.ts";
import { type Row, findRow } from "./rows.ts";
import { nameOf } from "./ways.ts";

const supergraph = join(checkout, "gateway/supergraph.graphql");
const document = parse(await readFile(supergraph, "utf8"));
const schema = buildASTSchema(document, { assumeValidSDL: true });
const rules = readRules(document, schema);
const coordinates = new Map(
  coordinatesOf(schema, rules).map((one) => [one.name, one]),
);
const matrix = accessMatrix(rules).flatMap(({ coordinate, cells }) =>
  personas.map((persona) => ({
    ...{ coordinate, persona, name: persona.name },
    rows: cells[persona.name] ?? "none",
  })),
);
type Cell = (typeof matrix)[number];

/** Whoever has a name here, and a stranger to all of them. */
const owners = [
  ...personas.flatMap(({ employeeId }) => employeeId ?? []),
  "emp_0030",
];

let estate: Estate;
let rows: readonly Row[];
let scopes: ReadonlyMap<Persona, readonly string[]>;
let answers: ReadonlyMap<string, Answered>;
let before: unknown;

beforeAll(async () => {
  estate = await startEstate();
  const tokens = new Map<Persona, string>();
  for (const persona of personas)
    tokens.set(persona, await estate.token(persona.name));
  scopes = new Map([...tokens].map(([one, token]) => [one, scopesIn(token)]));
  for (const [persona, token] of tokens) await askForLeave(persona, token);
  rows = await Promise.all(owners.map(rowOf));
  before = await allLeave();
  const asked = [...tokens].map(([one, token]) => answersTo(one, token));
  answers = new Map((await Promise.all(asked)).flat());
});
afterAll(() => estate.stop());

test("the matrix of docs/access.md is that of the rules", async () => {
  const text = await readFile(join(checkout, "docs/access.md"), "utf8");
  const lines = text.replaceAll(/ *\| */g, "|").split("\n");
  for (const [coordinate, cells] of Map.groupBy(
    matrix,
    (cell) => cell.coordinate,
  )) {
    const words = cells.map(({ rows }) => rows.replace("none", "–"));
    expect(lines).toContain(["", `\`${coordinate}\``, ...words, ""].join("|"));
  }
});

test("it is compared by rows of one's own, of a report and of a stranger", () => {
  const compared = personas.flatMap(({ name, employeeId }) =>
    owners.map((owner) => `${name}: ${relationTo(employeeId, owner)}`),
  );
  expect(compared).toEqual(
    expect.arrayContaining([
      ...["ada: own", "ada: stranger", "otto: stranger"],
      ...["mia: own", "mia: reports", "mia: stranger", "amir: reports"],
    ]),
  );
  expect(matrix.length).toBeGreaterThan(240);
});

describe.each(matrix)("$coordinate", (cell) => {
  test(`opens to ${cell.name}: ${cell.rows}`, () => {
    const actual: Record<string, Sight> = {};
    const due: Record<string, Sight> = {};
    for (const question of questionsAbout(cell.coordinate)) {
      const expected = dueTo(cell, question);
      if (expected === undefined) continue;
      const label = `${question.row.owner} by ${nameOf(question.way)}`;
      actual[label] = sightOf(cell, question);
      due[label] = expected;
    }
    expect(actual).toEqual(due);
    expect(Object.keys(actual).length).toBeGreaterThanOrEqual(owners.length);
  });
});

test("nothing is changed by asking", async () => {
  expect(await allLeave()).toEqual(before);
});

/** That a row is there, that it is not, or what is said instead. */
type Sight = "there" | "not there" | readonly string[];

/** Undefined where not this rule but another one on the way keeps the caller out. */
function dueTo(cell: Cell, question: Question): Sight | undefined {
  const gates = gatesOf(question, schema, rules);
  const shut = shutGate(gates, scopes.get(cell.persona) ?? []);
  const sight = sightOf(cell, question);
  const isSaid = (word: string) =>
    gates.some(({ coordinate }) => word === `FORBIDDEN ${coordinate}`);
  if (cell.rows === "none")
    return [
      `UNAUTHORIZED_FIELD_OR_TYPE ${shut?.coordinate}`,
      // The row around it is fetched all the same, and may be out of reach.
      ...[...sight].slice(1).filter(isSaid),
    ];
  const end = question.field === null ? undefined : gates.at(-1);
  if (shut && shut !== end) return undefined;
  // A root page, and the types of leave, are there for all who may ask.
  const isForAll =
    cell.coordinate === "Query.leaveTypes" || (end && isRootPage(end));
  if (isForAll || reaches(cell, question.row)) return existence(cell, question);
  return sight.length === 1 && isSaid(sight[0] ?? "") ? sight : "not there";
}

function reaches({ coordinate, persona, rows }: Cell, row: Row): boolean {
  if (answersAnyway(coordinate, persona, row)) return true;
  const relation = relationTo(persona.employeeId, row.owner);
  return rows === "all" || rows.split(" + ").includes(relation);
}

/** As somebody sees it who sees all rows, if there is anybody. */
function existence({ coordinate, persona }: Cell, question: Question): Sight {
  if (coordinate === "Query.me")
    return persona.employeeId === null ? "not there" : "there";
  const seen = matrix
    .filter((one) => one.coordinate === coordinate && one.rows === "all")
    .map((one) => sightOf(one, question))
    .filter((sight) => typeof sight === "string");
  return seen[0] ?? "there";
}

function sightOf({ coordinate, persona }: Cell, question: Question): Sight {
  const answered = answers.get(keyOf(persona, coordinate, question));
  if (!answered) throw new Error(`${persona.name} never asked`);
  const { values, errors } = answered;
  if (errors.length === 0) return values.length > 0 ? "there" : "not there";
  return values.length > 0 ? ["there", ...errors] : errors;
}

function relationTo(employeeId: string | null, owner: string) {
  if (employeeId === owner) return "own";
  return isAbove(employeeId, owner) ? "reports" : "stranger";
}

function questionsAbout(coordinate: string): readonly Question[] {
  const about = coordinates.get(coordinate);
  if (!about) throw new Error(`${coordinate} asks for nothing`);
  const { ways } = about;
  return (
    ways
      // It leads to the caller's own row, whosever is asked for.
      .filter((way) => !nameOf(way).startsWith("Query.me"))
      .flatMap((way) => rows.map((row) => ({ ...about, way, row })))
  );
}

function keyOf(
  { name }: Persona,
  coordinate: string,
  { way, row }: Question,
): string {
  return [name, coordinate, nameOf(way), row.owner].join(", ");
}

async function answersTo(
  persona: Persona,
  token: string,
): Promise<readonly (readonly [string, Answered])[]> {
  const asked = [...new Set(matrix.map((cell) => cell.coordinate))].flatMap(
    (coordinate) =>
      questionsAbout(coordinate).map((question) => ({ coordinate, question })),
  );
  const answered = await askEach(
    asked.map(({ question }) => question),
    { schema, atOnce: 30, ask: (operation) => estate.ask(operation, token) },
  );
  return asked.flatMap(({ coordinate, question }, index) => {
    const one = answered[index];
    return one ? [[keyOf(persona, coordinate, question), one]] : [];
  });
}

async function rowOf(owner: string): Promise<Row> {
  const otto = await estate.token("otto");
  return findRow(owner, async (_, selection) => {
    const query = `{ employee(id: "${owner}") { ${selection} } }`;
    const { data, errors } = await estate.ask(query, otto);
    expect(errors).toBeUndefined();
    return data;
  });
}

/** So that there is a request of everybody's, each on a day of its own. */
async function askForLeave({ employeeId }: Persona, token: string) {
  if (employeeId === null) return;
  const day = `2026-06-${String(1 + 7 * owners.indexOf(employeeId)).padStart(2, "0")}`;
  const answer = await estate.ask(
    `mutation { submitLeaveRequest(input: { period: { leaveTypeId: "lvt_annual", startDate: "${day}", endDate: "${day}" } }) {
      leaveRequest { id } errors { __typename } } }`,
    token,
  );
  expect(answer).toMatchObject({
    errors: undefined,
    data: { submitLeaveRequest: { errors: [] } },
  });
}

async function allLeave(): Promise<unknown> {
  const query = `{ leaveRequests(first: 100) { nodes { id status version } } }`;
  const { data } = await estate.ask(query, await estate.token("otto"));
  return data;
}

function scopesIn(token: string): readonly string[] {
  const [, claims = ""] = token.split(".");
  const { scope } = JSON.parse(Buffer.from(claims, "base64url").toString()) as {
    readonly scope: string;
  };
  return scope.split(" ");
}
