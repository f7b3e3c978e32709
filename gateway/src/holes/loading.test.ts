import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type GraphPart,
  type Subgraphs,
  type TestGateway,
  composeParts,
  startSubgraphs,
  startTestGateway,
} from "../test-graph.ts";

const till: GraphPart = {
  sdl: `
    type Query { open: String sum: Int @requiresScopes(scopes: [["till", "read"], ["audit"]]) }`,
  resolvers: { Query: { open: () => "yes", sum: () => ((sums += 1), 9) } },
};
const written = '[["till", "read"], ["audit"]]';
let sums = 0;

const malformed = [
  ["[]"],
  ["[[]]"],
  ['[[], ["audit"]]'],
  ['["till", "audit"]'],
  ['"audit"'],
  ["null"],
  ["[null]"],
  ["[[null]]"],
  ['[["audit"], "till"]'],
  ['[[["audit"]]]'],
  ['[["till read"]]'],
  ['[[" audit"]]'],
  ['[["audit\\n"]]'],
  ['[["audit\\u00a0"]]'],
  ['[[""]]'],
  ["[[1]]"],
  ["[[true]]"],
  ["[[AUDIT]]"],
  ["{ scopes: [] }"],
  ["no argument"],
  [JSON.stringify(Array.from({ length: 65 }, (_, n) => [`s${n}`]))],
] as const;

const estate = new AsyncDisposableStack();
let subgraphs: Subgraphs;
let sdl: string;
let gateway: TestGateway;

beforeAll(async () => {
  subgraphs = estate.use(await startSubgraphs({ till }));
  sdl = composeParts({ till }, subgraphs.urls);
  expect(sdl).toContain(written);
  gateway = estate.use(await startTestGateway(sdl, subgraphs));
});

afterAll(() => estate.disposeAsync());

describe("hole 8, apollographql/federation#2744: malformed scopes are not public", () => {
  test.each(malformed)("%s keeps the gateway from starting", async (scopes) => {
    await expect(
      startTestGateway(rewritten(scopes), subgraphs),
    ).rejects.toThrow("Query.sum");
  });

  test.each(malformed)(
    "%s in a new file is refused, and the last good rules stay",
    async (scopes) => {
      const before = sums;
      const refusals = refusalsIn(gateway);
      await gateway.deploy(rewritten(scopes));
      await eventually(() =>
        expect(refusalsIn(gateway).slice(refusals.length).join()).toContain(
          "Query.sum",
        ),
      );
      expect(await gateway.ask("{ open sum }", "read")).toMatchObject({
        data: { open: "yes", sum: null },
      });
      expect(sums).toBe(before);
      expect(await gateway.ask("{ sum }", "audit")).toMatchObject({
        data: { sum: 9 },
      });
    },
  );

  test("what is well formed is taken, with as many alternatives as may be", async () => {
    const many = JSON.stringify(
      Array.from({ length: 64 }, (_, n) => [`s${n}`, "till"]),
    );
    await gateway.deploy(rewritten(many));
    await eventually(async () =>
      expect((await gateway.ask("{ sum }", "till s63")).data).toEqual({
        sum: 9,
      }),
    );
    expect((await gateway.ask("{ sum }", "audit read s63")).data).toEqual({
      sum: null,
    });
    await gateway.deploy(sdl);
    await eventually(async () =>
      expect((await gateway.ask("{ sum }", "audit")).data).toEqual({ sum: 9 }),
    );
  });
});

const link =
  '@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)';

test.each([
  [
    "whose version is another",
    "requiresScopes/v0.2",
    "only v0.1 is understood",
  ],
  ["whose version is left out", "requiresScopes", ""],
  ["whose version is no version", "requiresScopes/v0.1-beta", ""],
])(
  "hole 3, CVE-2025-64347 / GHSA-g8jh-vg5j-4h3f: a link %s is refused, under any name",
  async (_what, url, message) => {
    for (const name of ["requiresScopes", "guarded"]) {
      const text = sdl
        .replace(
          link,
          `@link(url: "https://specs.apollo.dev/${url}", as: "${name}", for: SECURITY)`,
        )
        .replaceAll("requiresScopes__Scope", `${name}__Scope`)
        .replaceAll("@requiresScopes", `@${name}`);
      expect(text).toContain(`/${url}", as: "${name}"`);
      await expect(startTestGateway(text, subgraphs)).rejects.toThrow(message);
    }
  },
);

test.each([
  ["a feature nobody knows", "https://rules.example/embargo/v1.0"],
  [
    "a feature of the same name elsewhere",
    "https://rules.example/requiresScopes/v0.1",
  ],
  ["@fromContext", "https://specs.apollo.dev/context/v0.1"],
])(
  "hole 4, GHSA-m8jr-fxqx-8xx6: %s for security is refused, for its protection would be lost",
  async (_what, url) => {
    const more = `@link(url: "${url}", as: "other", for: SECURITY)`;
    await expect(
      startTestGateway(sdl.replace(link, `${link} ${more}`), subgraphs),
    ).rejects.toThrow("is for security and is not understood");
  },
);

test("hole 3, CVE-2025-64347 / GHSA-g8jh-vg5j-4h3f: a directive that only is called so is refused", async () => {
  await expect(
    startTestGateway(sdl.replace(link, ""), subgraphs),
  ).rejects.toThrow("@requiresScopes is defined here but not linked");
});

test("hole 9: a rule that is lost on the way to the gateway is not taken for none", async () => {
  const definition = /directive @requiresScopes\([^\n]*\n/;
  expect(sdl).toMatch(definition);
  const undefinedHere = sdl.replace(link, "").replace(definition, "");
  await expect(startTestGateway(undefinedHere, subgraphs)).rejects.toThrow();
});

function rewritten(scopes: string): string {
  const text = sdl.replace(
    `(scopes: ${written})`,
    scopes === "no argument" ? "" : `(scopes: ${scopes})`,
  );
  expect(text).not.toBe(sdl);
  return text;
}

function refusalsIn({ log }: TestGateway): readonly string[] {
  return log.flatMap(({ msg, reason }) =>
    msg?.startsWith("supergraph refused") ? [reason ?? ""] : [],
  );
}

/** A file is looked at now and then: what is deployed takes a moment. */
async function eventually(check: () => void | Promise<void>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      return await check();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await check();
}
