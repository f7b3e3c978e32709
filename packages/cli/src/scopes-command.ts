import { join } from "node:path";
import { scopeDescriptions } from "@hr/access";
import { type Registration, registrations } from "@hr/auth/registry";
import { checkClient } from "./check-client.ts";
import { CliError } from "./cli-error.ts";
import { type OperationNeeds, needsOf } from "./operation-needs.ts";
import { type Graph, readGraph } from "./read-graph.ts";
import { readOperations } from "./read-operations.ts";
import { scopeOpens } from "./scope-opens.ts";
import {
  checkText,
  needsText,
  openedText,
  reachersText,
  vocabularyText,
} from "./scopes-text.ts";
import { checkout } from "./services.ts";
import { whoReaches } from "./who-reaches.ts";

export type ScopesOptions = {
  readonly manifest?: string;
  readonly supergraph?: string;
  readonly machine?: true;
  readonly check?: true;
  readonly client?: string;
  readonly who?: string;
  readonly reverse?: string;
  readonly json?: true;
};

type Answer = {
  readonly text: string;
  readonly json: unknown;
  /** Why the command fails though it has an answer. */
  readonly fault?: string;
};

/** What makes no sense about the arguments together. */
export function scopesUsageFault(
  files: readonly string[],
  options: ScopesOptions,
): string | undefined {
  const { manifest, machine, check, client, who, reverse } = options;
  const asksOperations = files.length > 0 || manifest !== undefined;
  const questions = [asksOperations, who !== undefined, reverse !== undefined];
  if (questions.filter(Boolean).length > 1)
    return "ask one thing: operations, --who or --reverse";
  if ((machine || check || client !== undefined) && !asksOperations)
    return "name the files of the operations, or a --manifest";
  if ((check === undefined) !== (client === undefined))
    return "--check and --client <id> go together";
  if (machine && check)
    return "leave out --machine: what is registered says what the client is";
  return client !== undefined && !registrationOf(client)
    ? `there is no client ${client}, only ${clientIds().join(", ")}`
    : undefined;
}

/**
 * Answers on standard output.
 * @throws CliError when an operation, coordinate or scope is not there or not valid,
 *   and after the answer when a checked client should hold other scopes.
 */
export async function scopesCommand(
  files: readonly string[],
  options: ScopesOptions,
): Promise<void> {
  const { text, json, fault } = await answer(files, options);
  process.stdout.write(
    options.json ? `${JSON.stringify(json, null, 2)}\n` : text,
  );
  if (fault !== undefined) throw new CliError(fault);
}

async function answer(
  files: readonly string[],
  options: ScopesOptions,
): Promise<Answer> {
  const { who, reverse, manifest, supergraph } = options;
  const graph = () =>
    readGraph(supergraph ?? join(checkout, "gateway/supergraph.graphql"));
  if (who !== undefined) {
    const reachers = whoReaches(who, await graph());
    return { text: reachersText(reachers), json: reachers };
  }
  if (reverse !== undefined) {
    const fields = scopeOpens(reverse, await graph());
    const json = { scope: reverse, fields };
    return { text: openedText(reverse, fields), json };
  }
  if (files.length === 0 && manifest === undefined)
    return { text: vocabularyText(), json: scopeDescriptions };
  return operationsAnswer(files, options, await graph());
}

async function operationsAnswer(
  files: readonly string[],
  { manifest, machine, client: id }: ScopesOptions,
  graph: Graph,
): Promise<Answer> {
  const from = { files, ...(manifest !== undefined && { manifest }) };
  const client = id === undefined ? undefined : registrationOf(id);
  const kind = machine || client?.kind === "machine" ? "machine" : "person";
  const operations = await readOperations(from, graph.api);
  const needs = operations.map((one) => needsOf(one, graph, kind));
  if (client) return checkAnswer(client, needs);
  return { text: needsText(needs), json: { operations: needs.map(needsJson) } };
}

function checkAnswer(
  client: Registration,
  needs: readonly OperationNeeds[],
): Answer {
  const check = checkClient(client, needs);
  const lacking = check.operations.some(({ covered }) => !covered);
  const faults = [
    ...(lacking ? ["lacks what its operations need"] : []),
    ...(check.superfluous.length > 0 ? ["holds what none of them needs"] : []),
  ];
  return {
    text: checkText(check),
    json: check,
    ...(faults.length > 0 && {
      fault: `${client.id} ${faults.join(" and ")}.`,
    }),
  };
}

function needsJson({ requirement, ...needs }: OperationNeeds) {
  const { authenticated, scopes, policies } = requirement;
  return { ...needs, signedIn: authenticated || scopes.length > 0, policies };
}

function registrationOf(id: string): Registration | undefined {
  return Object.values(registrations).find((one) => one.id === id);
}

function clientIds(): readonly string[] {
  return Object.values(registrations).map(({ id }) => id);
}
