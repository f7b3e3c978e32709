import { type GraphQLSchema, getNamedType, isLeafType } from "graphql";
import type { GraphAnswer } from "./estate.ts";
import { type Row, argumentsOf, ownerField } from "./rows.ts";
import { type Way, fieldsOf } from "./ways.ts";

/** A field of one row, asked for one way; without a field, the row alone. */
export type Question = {
  readonly type: string;
  readonly field: string | null;
  readonly way: Way;
  readonly row: Row;
};

export type Answered = {
  /** How many rows the way led to. */
  readonly rows: number;
  /** What stands at the end, each item of a list for itself, nulls left out. */
  readonly values: readonly unknown[];
  /** Each as `code coordinate`. */
  readonly errors: readonly string[];
};

export type Asking = {
  readonly schema: GraphQLSchema;
  /** Whether each row says whose it is, under `subject`. */
  readonly subjects?: boolean;
  readonly atOnce?: number;
  readonly ask: (operation: string) => Promise<GraphAnswer>;
};

/** Asks many questions of one caller in few requests; answers in the order of the questions. */
export async function askEach(
  questions: readonly Question[],
  asking: Asking,
): Promise<readonly Answered[]> {
  const atOnce = asking.atOnce ?? 100;
  const answers = new Map<Question, Answered>();
  for (const writes of [false, true]) {
    const these = questions.filter((one) => isWrite(one) === writes);
    for (let at = 0; at < these.length; at += atOnce) {
      const some = these.slice(at, at + atOnce);
      const answer = await asking.ask(operationFor(some, asking));
      if (!answer.data || answer.errors?.some(({ path }) => !path))
        throw new Error(`Not answered: ${answer.errors?.[0]?.message}`);
      some.forEach((one, index) =>
        answers.set(one, readAnswer(one, `q${index}`, answer)),
      );
    }
  }
  return questions.map((one) => answers.get(one) as Answered);
}

/** Each question under an alias of its own: `q0`, `q1`, … */
export function operationFor(
  questions: readonly Question[],
  { schema, subjects = false }: Pick<Asking, "schema" | "subjects">,
): string {
  const fields = questions.map((question, index) => {
    const { type, field, way, row } = question;
    const leaf =
      field === null
        ? "__typename"
        : call(type, field, row) + selection(schema, question, subjects);
    const walked = way.flatMap((step) => openers(step, row));
    const [first = leaf, ...more] = [...walked, leaf];
    return `q${index}: ${first}${more.map((one) => ` { ${one}`).join("")}${" }".repeat(more.length)}`;
  });
  return `${questions.some(isWrite) ? "mutation" : "query"} { ${fields.join("\n")} }`;
}

function isWrite({ type, way: [first] }: Question): boolean {
  const root =
    first === undefined ? type : first.kind === "field" && first.parent;
  return root === "Mutation";
}

function openers(step: Way[number], row: Row): readonly string[] {
  if (step.kind === "field") return [call(step.parent, step.name, row)];
  const fragment = `... on ${step.type}`;
  if (step.kind === "fragment") return [fragment];
  const id = row.ids[step.type];
  if (id === undefined) throw new Error(`Which ${step.type} to ask for?`);
  const reference = `{ __typename: "${step.type}", id: "${id}" }`;
  return [`_entities(representations: [${reference}])`, fragment];
}

function call(type: string, field: string, row: Row): string {
  const given = argumentsOf[`${type}.${field}`]?.(row);
  return given === undefined ? field : `${field}(${given})`;
}

function selection(
  schema: GraphQLSchema,
  { type, field }: Question,
  subjects: boolean,
): string {
  const found = fieldsOf(schema, type).find(({ name }) => name === field);
  if (!found) throw new Error(`${type}.${field}`);
  const returned = getNamedType(found.type);
  if (isLeafType(returned)) return "";
  const has = (name: string) =>
    fieldsOf(schema, returned.name).some((one) => one.name === name);
  const owner = subjects && ownerField[returned.name];
  return ` { __typename${has("id") ? " id" : ""}${owner ? ` subject: ${owner}` : ""} }`;
}

function readAnswer(
  { field, way }: Question,
  alias: string,
  { data, errors = [] }: GraphAnswer,
): Answered {
  const keys = way.flatMap((step) =>
    step.kind === "field" ? [step.name] : [],
  );
  // The first field of the operation stands under the alias.
  const below = way[0]?.kind === "entity" ? keys : keys.slice(1);
  let rows = itemsOf((data as Record<string, unknown> | null)?.[alias]);
  for (const key of below) rows = rows.flatMap((row) => itemsOf(row[key]));
  const leaf = field ?? "__typename";
  const isRoot = way.length === 0;
  const reached = isRoot ? rows : rows.filter((row) => leaf in row);
  return {
    rows: isRoot ? 1 : reached.length,
    values: isRoot ? rows : reached.flatMap((row) => itemsOf(row[leaf])),
    errors: errors
      .filter(({ path }) => path?.[0] === alias)
      .map(({ extensions: { code, coordinate } = {} }) =>
        [code, coordinate].join(" "),
      ),
  };
}

/** One value or many; nulls are nothing. */
function itemsOf(value: unknown): readonly Record<string, unknown>[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.filter((item) => item != null) as Record<string, unknown>[];
}
