/** Outer list OR, inner list AND. */
export type WrittenDnf = readonly (readonly string[])[];

/** The access directives that stand at one coordinate. */
export type Written = {
  readonly authenticated: boolean;
  readonly scopes: WrittenDnf | null;
  readonly policies: WrittenDnf | null;
};

export type GraphField = {
  readonly name: string;
  /** As in SDL: `[T1!]`. */
  readonly type: string;
  /** As in SDL: `(n: Int)`, or empty. */
  readonly args: string;
  readonly own: Written;
};

export type GraphType = {
  readonly kind: "type" | "interface" | "union" | "scalar" | "enum";
  readonly name: string;
  readonly own: Written;
  /** Closed, farthest first: what an interface implements is named too. */
  readonly interfaces: readonly string[];
  readonly members: readonly string[];
  readonly fields: readonly GraphField[];
};

/** A supergraph as plain data, by type name. */
export type Graph = ReadonlyMap<string, GraphType>;

export const unwritten: Written = {
  authenticated: false,
  scopes: null,
  policies: null,
};

/** The objects a value of the type can be. */
export function possible(graph: Graph, name: string): readonly string[] {
  const type = graph.get(name);
  if (type?.kind === "type") return [name];
  if (type?.kind === "union") return type.members;
  return [...graph.values()]
    .filter((one) => one.kind === "type" && one.interfaces.includes(name))
    .map((one) => one.name);
}

/** `[T1!]` → `T1`. */
export function namedIn(type: string): string {
  return type.replaceAll(/[[\]!]/g, "");
}

export function apiSdl(graph: Graph): string {
  return print(graph, () => "");
}

/** As composition writes it: the links, and every application. */
export function composedSdl(graph: Graph): string {
  const links = ["authenticated", "requiresScopes", "policy"].map(
    (name) =>
      `@link(url: "https://specs.apollo.dev/${name}/v0.1", for: SECURITY)`,
  );
  const mutation = graph.has("Mutation") ? "mutation: Mutation" : "";
  return `schema ${links.join(" ")} { query: Query ${mutation} }
${print(graph, directives)}`;
}

function print(graph: Graph, mark: (own: Written) => string): string {
  const types = [...graph.values()].map((type) => {
    const head = `${type.kind} ${type.name}`;
    const above = type.interfaces.length
      ? ` implements ${type.interfaces.join(" & ")}`
      : "";
    const fields = type.fields.map(
      ({ name, args, type: returned, own }) =>
        `  ${name}${args}: ${returned}${mark(own)}\n`,
    );
    if (type.kind === "union") return `${head} = ${type.members.join(" | ")}`;
    if (type.kind === "scalar") return head + mark(type.own);
    if (type.kind === "enum") return `${head + mark(type.own)} { FINE GRIM }`;
    return `${head}${above}${mark(type.own)} {\n${fields.join("")}}`;
  });
  return `${types.join("\n")}
input By { mood: Mood, token: Token, inner: Inner }
input Inner { n: Int, by: By }
`;
}

function directives({ authenticated, scopes, policies }: Written): string {
  return [
    authenticated ? " @authenticated" : "",
    scopes ? ` @requiresScopes(scopes: ${JSON.stringify(scopes)})` : "",
    policies ? ` @policy(policies: ${JSON.stringify(policies)})` : "",
  ].join("");
}
