import { scopeDescriptions } from "@hr/access";
import type { CheckedOperation, ClientCheck } from "./check-client.ts";
import type { OperationNeeds } from "./operation-needs.ts";
import { dnfWords, requirementWords } from "./requirement-words.ts";
import type { OpenedField } from "./scope-opens.ts";
import type { Reacher, Reachers } from "./who-reaches.ts";
import { wrapped } from "./wrapped.ts";

/** Beside the smallest set, the others that are written out. */
const listed = 5;

/** The vocabulary with its sentences. */
export function vocabularyText(): string {
  const entries = Object.entries(scopeDescriptions);
  const width = Math.max(...entries.map(([scope]) => scope.length)) + 2;
  return entries
    .map(([scope, sentence]) => wrapped(scope.padEnd(width), sentence))
    .join("");
}

export function needsText(needs: readonly OperationNeeds[]): string {
  return needs.map(oneNeedsText).join("\n");
}

export function checkText(check: ClientCheck): string {
  const { client, operations, missing, superfluous, wide } = check;
  const list = (label: string, scopes: readonly string[]) =>
    wrapped(label.padEnd(13), scopes.join(" ") || "–");
  return [
    wrapped("client       ", `${client.id} (${client.kind})`),
    ...operations.map(checkedText),
    list("missing", missing),
    list("superfluous", superfluous),
    ...(wide.length === 0
      ? []
      : [
          wrapped(
            "note         ",
            `with the narrower reach registered too, all is covered without ${wide.join(" ")}`,
          ),
        ]),
  ].join("");
}

export function reachersText(reachers: Reachers): string {
  const { coordinate, requirement, personas, roles, clients } = reachers;
  const [first = "nothing", ...others] = requirementWords(requirement);
  const width = Math.max(
    ...[...personas, ...roles, ...clients].map(
      (one) => reacherTitle(one).length,
    ),
  );
  const list = (label: string, all: readonly Reacher[]) =>
    all.map(
      (one, at) =>
        `${(at === 0 ? label : "").padEnd(9)}${reacherTitle(one).padEnd(width)}  ${one.rows}\n`,
    );
  return [
    `${coordinate}\n`,
    wrapped("needs    ", first),
    ...others.map((words) => wrapped("and      ", words)),
    "\n",
    ...list("persona", personas),
    ...list("role", roles),
    ...list("client", clients),
    "\n",
    wrapped("", "A person's token holds what role and client have in common."),
  ].join("");
}

export function openedText(
  scope: string,
  fields: readonly OpenedField[],
): string {
  const sentences: Readonly<Record<string, string>> = scopeDescriptions;
  const groups = Map.groupBy(fields, (field) =>
    field.with.some((all) => all.length === 0)
      ? "alone"
      : `with ${dnfWords(field.with)}${field.truncated ? ", among others" : ""}`,
  );
  return [
    wrapped(`${scope}  `, sentences[scope] ?? ""),
    ...[...groups]
      .sort(([a], [b]) => a.length - b.length)
      .map(([words, group]) => `\n${wrapped("", words)}${fieldsText(group)}`),
  ].join("");
}

function oneNeedsText(needs: OperationNeeds): string {
  const { requirement, alternatives } = needs;
  const [smallest, ...others] = alternatives;
  const policies = requirement.policies.map((dnf) => `policy ${dnfWords(dnf)}`);
  return [
    wrapped(
      "",
      `${needs.name ?? "(no name)"} (${needs.type}, ${needs.source})`,
    ),
    wrapped("  needs  ", smallest ? setText(smallest, needs) : noneForMachines),
    ...(others.length > listed
      ? productText(needs)
      : others.map((all) => wrapped("  or     ", all.join(" ")))),
    ...policies.map((words) => wrapped("  and    ", words)),
  ].join("");
}

/** Too many sets to read: what they are multiplied from. */
function productText(needs: OperationNeeds): readonly string[] {
  const { requirement, alternatives, truncated } = needs;
  const count = `${truncated ? "more than " : ""}${alternatives.length - 1}`;
  return [
    wrapped(
      "  or     ",
      `one of ${count} other sets, by a choice in each line:`,
    ),
    ...requirement.scopes.map((dnf) => wrapped("         ", dnfWords(dnf))),
  ];
}

const noneForMachines = "what no machine can hold: scopes with a reach";

function setText(
  all: readonly string[],
  { requirement }: OperationNeeds,
): string {
  if (all.length > 0) return all.join(" ");
  return requirement.authenticated ? "a signed-in caller" : "nothing";
}

function checkedText(operation: CheckedOperation): string {
  const { name, source, covered, missing } = operation;
  const title = `${name ?? "(no name)"}, ${source}`;
  if (covered) return wrapped("covered      ", title);
  const lacks = missing.length > 0 ? missing.join(" ") : noneForMachines;
  return wrapped("not covered  ", `${title}: lacks ${lacks}`);
}

function reacherTitle({ name, as }: Reacher): string {
  return as === undefined ? name : `${name} (${as})`;
}

/** `  Employee  displayName jobTitle`, by type. */
function fieldsText(fields: readonly OpenedField[]): string {
  const names = fields.map(({ coordinate }) => coordinate.split("."));
  const types = Map.groupBy(names, ([type = ""]) => type);
  const width = Math.max(...[...types.keys()].map((type) => type.length));
  return [...types]
    .map(([type, all]) =>
      wrapped(
        `  ${type.padEnd(width)}  `,
        all.map(([, field]) => field).join(" "),
      ),
    )
    .join("");
}
