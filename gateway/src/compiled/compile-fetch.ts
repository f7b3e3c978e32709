import type { FetchNode } from "@apollo/query-planner";
import type { Logger } from "@hr/service";
import { OperationTypeNode } from "graphql";
import { type Post, type SubgraphAnswer, unavailable } from "../forward.ts";
import { type Recipients, addEntityErrors, addErrors } from "./fetch-errors.ts";
import { type FlattenPath, compileCollect } from "./flatten-path.ts";
import { type JsonObject, isObject, own } from "./json.ts";
import { copy, merge } from "./merge.ts";
import { type Rewrite, compileRewrites } from "./output-rewrites.ts";
import { compileRepresent } from "./representation.ts";
import type { Run, Step } from "./run.ts";
import type { TypeConditions } from "./type-conditions.ts";
import { UnknownPlan } from "./unknown-plan.ts";

export type FetchParts = {
  readonly post: (subgraph: string) => Post;
  readonly conditions: TypeConditions;
  readonly logger: Logger;
};

/** One request to one subgraph, for the objects at a path. */
export function compileFetch(
  node: FetchNode,
  path: FlattenPath,
  parts: FetchParts,
): Step {
  if (node.contextRewrites?.length)
    throw new UnknownPlan("arguments from a context");
  const fetch = {
    ...{ node, path, logger: parts.logger },
    post: parts.post(node.serviceName),
    rewrite: compileRewrites(node.outputRewrites ?? [], parts.conditions),
  };
  return node.requires
    ? fetchEntities(fetch, node.requires, parts.conditions)
    : fetchFields(fetch);
}

type Fetch = {
  readonly node: FetchNode;
  readonly path: FlattenPath;
  readonly post: Post;
  readonly rewrite: Rewrite | undefined;
  readonly logger: Logger;
};

function fetchFields({ node, path, post, rewrite }: Fetch): Step {
  const collect = compileCollect(path);
  const bodyOf = compileBody(node);
  const isRead = node.operationKind === OperationTypeNode.QUERY;
  return (run) => {
    const targets = collect(run.root);
    if (targets.length === 0) return undefined;
    const body = `${bodyOf(run.variables)}}}`;
    return post(body, isRead, run.context).then((answer) => {
      const { data, errors } = answer ?? unavailable(node.operation);
      if (errors) addErrors(run, errors, path);
      if (!isObject(data)) return;
      rewrite?.(data);
      targets.forEach((target, at) =>
        merge(target, at === 0 ? data : copy(data)),
      );
    });
  };
}

function fetchEntities(
  fetch: Fetch,
  requires: NonNullable<FetchNode["requires"]>,
  conditions: TypeConditions,
): Step {
  const { node, path, post } = fetch;
  const { variableUsages = [], inputRewrites = [] } = node;
  if (variableUsages.includes("representations"))
    throw new UnknownPlan("a variable named as the planner's own");
  const collect = compileCollect(path);
  const represent = compileRepresent(requires, inputRewrites, conditions);
  const bodyOf = compileBody(node);
  const isRead = node.operationKind === OperationTypeNode.QUERY;
  const label = `${variableUsages.length > 0 ? "," : ""}"representations":`;
  return (run) => {
    const batch = new Map<string, JsonObject[]>();
    for (const object of collect(run.root)) {
      const text = represent(object);
      if (text === null) continue;
      const same = batch.get(text);
      if (same) same.push(object);
      else batch.set(text, [object]);
    }
    if (batch.size === 0) return undefined;
    const texts = [...batch.keys()].join(",");
    const body = `${bodyOf(run.variables)}${label}[${texts}]}}`;
    return post(body, isRead, run.context).then((answer) =>
      receive(fetch, run, { answer, recipients: [...batch.values()] }),
    );
  };
}

function receive(
  fetch: Fetch,
  run: Run,
  of: {
    readonly answer: SubgraphAnswer | null;
    readonly recipients: Recipients;
  },
): void {
  const { answer, recipients } = of;
  if (!answer) return addUnavailable(fetch, run, recipients);
  const errors = answer.errors ?? [];
  if (errors.length > 0)
    addEntityErrors(run, errors, { path: fetch.path, recipients });
  const entities = answer.data && own(answer.data, "_entities");
  if (Array.isArray(entities) && entities.length === recipients.length)
    return deliver(fetch, entities, recipients);
  if (errors.length > 0) return;
  fetch.logger.error(
    { subgraph: fetch.node.serviceName, reason: miscounted },
    "subgraph unavailable",
  );
  addUnavailable(fetch, run, recipients);
}

const miscounted = "it answers other entities than it was asked for";

function deliver(
  { rewrite }: Fetch,
  entities: readonly unknown[],
  recipients: Recipients,
): void {
  recipients.forEach((objects, at) => {
    const entity = entities[at];
    if (!isObject(entity)) return;
    rewrite?.(entity);
    objects.forEach((object, n) =>
      merge(object, n === 0 ? entity : copy(entity)),
    );
  });
}

/** At the first object alone: each of the others lacks the same for the same reason. */
function addUnavailable(
  { node, path }: Fetch,
  run: Run,
  recipients: Recipients,
): void {
  const { errors } = unavailable(node.operation);
  const first = recipients.map((objects) => objects.slice(0, 1));
  addEntityErrors(run, errors, { path, recipients: first });
}

/** The request up to where representations, or the end, may follow. */
function compileBody({
  operation,
  variableUsages = [],
}: FetchNode): (variables: Run["variables"]) => string {
  const head = `{"query":${JSON.stringify(operation)},"variables":{`;
  if (variableUsages.length === 0) return () => head;
  const names = variableUsages.map((name) => [name, JSON.stringify(name)]);
  return (variables) => {
    const given: string[] = [];
    for (const [name = "", label] of names)
      if (Object.hasOwn(variables, name) && variables[name] !== undefined)
        given.push(`${label}:${JSON.stringify(variables[name])}`);
    return head + given.join(",");
  };
}
