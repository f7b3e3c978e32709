import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readRules } from "@hr/access";
import { type Rows, accessMatrix, checkout } from "@hr/cli";
import { type Persona, demoCompany, personas } from "@hr/demo";
import { buildASTSchema, parse } from "graphql";
import { type Coordinate, coordinatesOf } from "./coordinates.ts";
import { type Estate, estateToday, startEstate } from "./estate.ts";
import { answersAnyway, gatesOf, isAbove } from "./expected.ts";
import { type Answered, type Question, askEach } from "./questions.ts";
import { type Row, findRow } from "./rows.ts";

const document = parse(
  await readFile(join(checkout, "gateway/supergraph.graphql"), "utf8"),
);
const schema = buildASTSchema(document, { assumeValidSDL: true });
const rules = readRules(document, schema);
const matrix = accessMatrix(rules);
const coordinates = new Map(
  coordinatesOf(schema, rules).map((one) => [one.name, one]),
);

/** Whoever has a name here, and a stranger to all of them. */
const owners = [
  ...personas.flatMap(({ employeeId }) => employeeId ?? []),
  "emp_0030",
];

let estate: Estate;
let rows: readonly Row[];
let tokens: Readonly<Record<string, string>>;
let answers: ReadonlyMap<string, Answered>;
let before: unknown;

beforeAll(async () => {
  estate = await startEstate();
  const signedIn = personas.map(
    async ({ name }) => [name, await estate.token(name)] as const,
  );
  tokens = Object.fromEntries(await Promise.all(signedIn));
  for (const persona of personas) await askForLeave(persona);
  rows = await Promise.all(owners.map(rowOf));
  before = await allLeave();
  const asked = await Promise.all(personas.map(answersTo));
  answers = new Map(asked.flatMap((some) => [...some]));
});
afterAll(() => estate.stop());

test("the matrix of docs/access.md is that of the rules", async () => {
  const text = await readFile(join(checkout, "docs/access.md"), "utf8");
  const lines = text.replaceAll(/ *\| */g, "|").split("\n");
  for (const { coordinate, cells } of matrix) {
    const words = Object.values(cells).map((one) => one.replace("none", "–"));
    expect(lines).toContain(["", `\`${coordinate}\``, ...words, ""].join("|"));
  }
});

test("every cell is met with rows of one's own, of a report and of a stranger", () => {
  expect(matrix.length).toBeGreaterThan(40);
  const met = personas.flatMap((persona) =>
    owners.map((owner) => `${persona.name} ${relationOf(persona, owner)}`),
  );
  expect(met).toEqual(
    expect.arrayContaining([
      ...["ada own", "ada stranger", "otto stranger"],
      ...["mia own", "mia report", "mia stranger", "amir report"],
    ]),
  );
});

test("nothing was changed by asking", async () => {
  expect(await allLeave()).toEqual(before);
});

describe.each(matrix)("$coordinate", ({ coordinate, cells }) => {
  test.each(personas.map((persona) => ({ persona, rows: cells[persona.name] })))(
    "is $rows to $persona.name",
    ({ persona }) => {
      const told = compare(coordinate, persona);
      expect(told.actual).toEqual(told.expected);
      expect(Object.keys(told.actual).length).toBeGreaterThan(0);
    },
  );
});

/** That a row is there, that it is not, or what keeps the caller from it. */
type Sight = "there" | "not there" | readonly string[];

function compare(coordinate: string, persona: Persona) {
  const actual: Record<string, Sight> = {};
  const expected: Record<string, Sight> = {};
  for (const question of questionsAbout(coordinate)) {
    const due = dueTo(persona, coordinate, question);
    if (due === undefined) continue;
    const { row, way } = question;
    const label = `${row.owner} by ${nameOf(way) || "the root"}`;
    actual[label] = sightOf(answerTo(persona, coordinate, question));
    expected[label] = due;
  }
  return { actual, expected };
}

/** Undefined where not this rule but another one on the way keeps the caller out. */
function dueTo(
  persona: Persona,
  coordinate: string,
  question: Question,
): Sight | undefined {
  const gates = gatesOf(question, schema, rules);
  const shut = shutGate(gates, scopesIn(tokens[persona.name] ?? ""));
  if (cellOf(coordinate, persona) === "none")
    return [`UNAUTHORIZED_FIELD_OR_TYPE ${shut?.coordinate ?? coordinate}`];
  const isEnd = question.field !== null && shut === gates.at(-1);
  if (shut && !isEnd) return undefined;
  if (coordinate === "Query.me")
    return persona.employeeId === null ? "not there" : "there";
  if (isWithin(persona, coordinate, question))
    return existence(coordinate, question);
  const sight = sightOf(answerTo(persona, coordinate, question));
  const words = gates.map((gate) => `FORBIDDEN ${gate.coordinate}`);
  const isSaid = sight.length === 1 && words.includes(sight[0] ?? "");
  return isSaid ? sight : "not there";
}

function isWithin(
  persona: Persona,
  coordinate: string,
  { row, field, way, type }: Question,
): boolean {
  const cell = cellOf(coordinate, persona);
  const asker = { employeeId: persona.employeeId, scopes: [] };
  if (cell === "all" || answersAnyway(coordinate, asker, row)) return true;
  // These answer everybody who may ask, with what is within reach.
  const returned = field && schema.getType(type);
  if (coordinate === "Query.leaveTypes" || isPage(returned, field, way))
    return true;
  const relation = relationOf(persona, row.owner);
  return cell.split(" + ").includes(relation === "report" ? "reports" : relation);
}
