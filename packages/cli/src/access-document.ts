import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Rules, allScopes, scopeDescriptions } from "@hr/access";
import { personas } from "@hr/demo";
import { accessMatrix } from "./access-matrix.ts";
import { requirementWords } from "./requirement-words.ts";

/**
 * `docs/access.md`: the rules, what each scope means, what each coordinate asks for,
 * and what each persona reaches of it.
 */
export function accessDocument(rules: Rules): string {
  const text = readFileSync(
    join(import.meta.dirname, "access-rules.md"),
    "utf8",
  );
  return `${text}
## Scopes

${table([["scope", "lets a caller"], ...scopeRows()])}

## Coordinates

What stands on each line. \`a & b\` are held together; alternatives are separated by "or".

${table([["coordinate", "needs"], ...ruleRows(rules)])}

## Persona × coordinate

What each persona of the demo company reaches with a token that holds all its role
allows: every row (\`all\`), the rows of the caller's record (\`own\`), of everyone below
(\`reports\`), or none (–). A field counts with the type it stands on and the one it
returns. Of a root field it is the reach of its rule; the row policy behind it may be
narrower: \`Query.me\` is one row.

${table([["coordinate", ...personas.map(({ name, role }) => `${name}, ${role}`)], ...matrixRows(rules)])}
`;
}

type Rows = readonly (readonly string[])[];

function scopeRows(): Rows {
  return allScopes.map((scope) => [code(scope), scopeDescriptions[scope]]);
}

function ruleRows(rules: Rules): Rows {
  return [...rules.coordinates]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([coordinate, requirement]) => [
      code(coordinate),
      requirementWords(requirement, code).join("; and "),
    ]);
}

function matrixRows(rules: Rules): Rows {
  return accessMatrix(rules).map(({ coordinate, cells }) => [
    code(coordinate),
    ...personas.map(({ name }) => {
      const rows = cells[name] ?? "none";
      return rows === "none" ? "–" : rows;
    }),
  ]);
}

function code(name: string): string {
  return `\`${name}\``;
}

function table(rows: Rows): string {
  const [header = [], ...body] = rows;
  const widths = header.map((_, at) =>
    Math.max(3, ...rows.map((row) => [...(row[at] ?? "")].length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell + " ".repeat((widths[at] ?? 0) - [...cell].length)).join(" | ")} |`;
  return [
    line(header),
    `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`,
    ...body.map(line),
  ].join("\n");
}
