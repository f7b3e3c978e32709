import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  Kind,
} from "graphql";

export type Feature = "authenticated" | "requiresScopes" | "policy";

/** One `@link` of a schema: what it is, and the names it goes by in this document. */
export type Link = {
  /** URL without its version: `https://specs.apollo.dev/requiresScopes`. */
  readonly identity: string;
  readonly version: string;
  /** Namespace: `as:`, or the last part of the identity. */
  readonly namespace: string;
  /** Name at the specification → name here, `@` kept for directives. */
  readonly imports: ReadonlyMap<string, string>;
  readonly security: boolean;
  readonly node: ConstDirectiveNode;
};

export const specifications = "https://specs.apollo.dev/";
const names: readonly Feature[] = ["authenticated", "requiresScopes", "policy"];

/** Security features the gateway understands by other means than these rules. */
const harmless = new Set([`${specifications}inaccessible`]);

/** The three access features this document links: directive name here → feature. */
export function readFeatures(
  document: DocumentNode,
  faults: string[],
): ReadonlyMap<string, Feature> {
  const found = new Map<string, Feature>();
  const links = readLinks(document);
  for (const link of links) {
    const feature = names.find(
      (name) => link.identity === specifications + name,
    );
    if (feature) {
      if (link.version !== "v0.1")
        faults.push(
          `@link to ${link.identity}/${link.version}: only v0.1 is understood`,
        );
      found.set(directiveName(link, feature), feature);
      continue;
    }
    if (link.identity === `${specifications}federation`)
      for (const name of names) found.set(namespacedName(link, name), name);
    else if (link.security && !harmless.has(link.identity))
      faults.push(
        `@link to ${link.identity}: it is for security and is not understood, so its protection would be lost`,
      );
  }
  for (const node of document.definitions)
    if (
      node.kind === Kind.DIRECTIVE_DEFINITION &&
      names.some((name) => name === node.name.value) &&
      !found.has(node.name.value)
    )
      faults.push(
        `@${node.name.value} is defined here but not linked to ${specifications}${node.name.value}, so it would mean nothing`,
      );
  return found;
}

export function accessFeatureOf(link: Link): Feature | undefined {
  return names.find((name) => link.identity === specifications + name);
}

export function readLinks(document: DocumentNode): readonly Link[] {
  return document.definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION
      ? (node.directives ?? []).flatMap(readLink)
      : [],
  );
}

/** The name a feature's own directive goes by. */
export function directiveName(link: Link, feature: string): string {
  return (link.imports.get(`@${feature}`) ?? `@${link.namespace}`).slice(1);
}

/** A directive that is not its feature's namesake: imported, or under the namespace. */
export function namespacedName(link: Link, name: string): string {
  return (link.imports.get(`@${name}`) ?? `@${link.namespace}__${name}`).slice(
    1,
  );
}

function readLink(node: ConstDirectiveNode): readonly Link[] {
  const url = stringOf(argument(node, "url"));
  const parts = url?.match(/^(?<identity>.+)\/(?<version>v\d+\.\d+)$/)?.groups;
  if (!parts?.["identity"] || !parts["version"]) return [];
  const identity = parts["identity"];
  return [
    {
      identity,
      version: parts["version"],
      namespace:
        stringOf(argument(node, "as")) ?? identity.split("/").at(-1) ?? "",
      imports: readImports(argument(node, "import")),
      security: enumOf(argument(node, "for")) === "SECURITY",
      node,
    },
  ];
}

function readImports(value: ConstValueNode | undefined) {
  const imports = new Map<string, string>();
  if (value?.kind !== Kind.LIST) return imports;
  for (const item of value.values) {
    if (item.kind === Kind.STRING) imports.set(item.value, item.value);
    if (item.kind !== Kind.OBJECT) continue;
    const field = (name: string) =>
      stringOf(item.fields.find((one) => one.name.value === name)?.value);
    const name = field("name");
    if (name) imports.set(name, field("as") ?? name);
  }
  return imports;
}

function argument(node: ConstDirectiveNode, name: string) {
  return node.arguments?.find((one) => one.name.value === name)?.value;
}

function stringOf(value: ConstValueNode | undefined): string | undefined {
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function enumOf(value: ConstValueNode | undefined): string | undefined {
  return value?.kind === Kind.ENUM ? value.value : undefined;
}
