import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Admission, type Trust, admit } from "./admit.ts";
import type { AskedOverHttp } from "@hr/service";
import { sha256 } from "./manifest.ts";
import { manifestOf } from "./test-manifest.ts";

const pen = "query Pen { pen }";
const ink = "query Ink { ink }";
const other = "query Other { other }";
const manifest = manifestOf(
  { name: "Pen", body: pen },
  { name: "Ink", body: ink, id: "ink-2" },
);
const required: Trust = { mode: "required", manifest };
const preferred: Trust = { mode: "preferred", manifest };
const both = [
  ["required", required],
  ["preferred", preferred],
] as const;

const notTrusted = { status: 400, code: "DOCUMENT_NOT_TRUSTED" };
const misfit = { status: 400, code: "BAD_REQUEST" };
const unknownId = { status: 400, code: "PERSISTED_QUERY_NOT_FOUND" };
const unknownHash = {
  status: 200,
  code: "PERSISTED_QUERY_NOT_FOUND",
  message: "PersistedQueryNotFound",
};

/** What a client says, whichever way it is sent. */
type Said = {
  readonly query?: unknown;
  readonly documentId?: unknown;
  readonly variables?: object;
  readonly extensions?: unknown;
};

describe.each([
  ["POST", post],
  ["GET", get],
] as const)("a %s", (_method, make) => {
  describe.each(both)("where trusted documents are %s", (_mode, trust) => {
    const admitted = (said: Said) => admit(make(said), trust);

    test.each([
      ["the id", { documentId: "ink-2" }],
      ["the SHA-256", { documentId: sha256(ink) }],
      ["the prefixed SHA-256", { documentId: `sha256:${sha256(ink)}` }],
      ["the id as a hash", hashed("ink-2")],
      ["the hash", hashed(sha256(ink))],
      ["two names", { documentId: "ink-2", ...hashed(sha256(ink)) }],
      ["the text and its name", { query: ink, documentId: "ink-2" }],
      ["the text and its hash", { query: ink, ...hashed(sha256(ink)) }],
      ["no text and its name", { query: "", documentId: "ink-2" }],
    ])("that gives %s of a document runs its text", (_what, said) => {
      expect(admitted(said)).toEqual(asAdmitted(make({ query: ink })));
    });

    test("keeps whatever else was sent", () => {
      const rest = { variables: { a: 1 }, extensions: { trace: [true] } };
      const { persistedQuery } = hashed("ink-2").extensions;
      const extensions = { ...rest.extensions, persistedQuery };
      const { kind, ...what } = admitted({ ...rest, extensions });
      expect(kind).toBe("admitted");
      expect(saidIn(what)).toEqual({ query: ink, ...rest });
    });

    test("that gives the text alone is left as it came", () => {
      const request = make({ query: pen });
      expect(admit(request, trust)).toEqual(asAdmitted(request));
    });

    test.each<[string, Said, object]>([
      ["an id nobody knows", { documentId: "ink-3" }, unknownId],
      [
        "a SHA-256 nobody knows",
        { documentId: `sha256:${sha256(other)}` },
        unknownId,
      ],
      ["a prefixed id", { documentId: "sha256:ink-2" }, unknownId],
      [
        "the name of another's text",
        { query: pen, ...hashed("ink-2") },
        misfit,
      ],
      ["the id of another's text", { query: pen, documentId: "ink-2" }, misfit],
      ["a text with a made-up id", { query: pen, documentId: "x" }, misfit],
      [
        "names of two documents",
        { documentId: "ink-2", ...hashed(sha256(pen)) },
        misfit,
      ],
      [
        "a name and a made-up hash",
        { documentId: "ink-2", ...hashed("x") },
        misfit,
      ],
      [
        "a hash without version",
        { extensions: { persistedQuery: { sha256Hash: sha256(ink) } } },
        misfit,
      ],
      [
        "a hash of no text",
        { extensions: { persistedQuery: { version: 1, sha256Hash: 1 } } },
        misfit,
      ],
      [
        "no object for a hash",
        { extensions: { persistedQuery: true } },
        misfit,
      ],
    ])("that gives %s is refused", (_what, said, fault) => {
      expect(admitted(said)).toMatchObject({ kind: "fault", ...fault });
    });

    test("that says nothing of a document is left for Apollo Server to refuse", () => {
      const request = make({ variables: {} });
      expect(admit(request, trust)).toEqual(asAdmitted(request));
    });
  });

  test("of another text runs where that is allowed, and not where it is not", () => {
    const request = make({ query: other });
    expect(admit(request, preferred)).toEqual(asAdmitted(request));
    expect(admit(request, required)).toMatchObject(notTrusted);
  });

  test("that differs in white space is of another text", () => {
    expect(admit(make({ query: `${pen}\n` }), required)).toMatchObject(
      notTrusted,
    );
  });

  test("that registers another text by its hash does so only where that is allowed", () => {
    const request = make({ query: other, ...hashed(sha256(other)) });
    expect(admit(request, preferred)).toEqual(asAdmitted(request));
    expect(admit(request, required)).toMatchObject(notTrusted);
  });

  test("that asks by a hash nobody knows is Apollo Server's to answer only where it may know", () => {
    const request = make(hashed(sha256(other)));
    expect(admit(request, preferred)).toEqual(asAdmitted(request));
    expect(admit(request, required)).toMatchObject(unknownHash);
  });
});

describe.each(both)("where trusted documents are %s", (_mode, trust) => {
  test.each([
    ["a list of requests", [{ query: pen }]],
    ["no JSON object", "query"],
    ["nothing", undefined],
    ["a query that is no string", { query: [pen] }],
    ["an id that is no string", { documentId: 2 }],
  ])("a POST of %s is refused", (_what, body) => {
    const request = { method: "POST", search: "", body };
    expect(admit(request, trust)).toMatchObject(misfit);
  });

  test.each(["query", "documentId", "extensions"])(
    "a GET with two %s is refused",
    (name) => {
      const search = `?${name}=a&${name}=b`;
      const request = { method: "GET", search, body: undefined };
      expect(admit(request, trust)).toMatchObject(misfit);
    },
  );

  test("another method is left for Apollo Server to refuse", () => {
    const request = { ...post({ query: other }), method: "PUT" };
    expect(admit(request, trust)).toEqual(asAdmitted(request));
  });
});

const word = fc.constantFrom<unknown>(
  ...[pen, ink, other, "", null, undefined, 0, false, [pen], { a: 1 }],
  ...[sha256(pen), sha256(ink), sha256(other), `sha256:${sha256(ink)}`],
  ...["ink-2", "x", "__proto__", "constructor"],
);
const persistedQuery = fc.oneof(
  word,
  fc.record(
    { version: fc.constantFrom<unknown>(1, 2, "1"), sha256Hash: word },
    { requiredKeys: [] },
  ),
);
const extensions = fc.oneof(
  word,
  fc.record({ persistedQuery }, { requiredKeys: [] }),
);
const said = fc.record(
  { query: word, documentId: word, extensions },
  { requiredKeys: [] },
);
const twice = fc.record({ first: said, second: said });
const requests = fc.oneof(
  said.map(post),
  said.map(get),
  word.map((body) => ({ method: "POST", search: "", body })),
  twice.map(({ first, second }) => {
    const search = `${get(first).search}&${get(second).search.slice(1)}`;
    return { method: "GET", search, body: undefined };
  }),
);

describe("whatever comes in", () => {
  test("where they are required, nothing is left to run but a trusted text", () => {
    fc.assert(
      fc.property(requests, (request) => {
        const answer = admit(request, required);
        if (answer.kind === "fault") return;
        const { text, hash } = readByApollo({ ...request, ...answer });
        expect([pen, ink, undefined]).toContain(text);
        if (text === undefined) expect(hash).toBeUndefined();
      }),
      { numRuns: 3_000 },
    );
  });

  test("where they are preferred, what holds a text runs that or is refused", () => {
    fc.assert(
      fc.property(requests, (request) => {
        const before = readByApollo(request);
        const answer = admit(request, preferred);
        if (answer.kind === "fault" || before.text === undefined) return;
        const after = readByApollo({ ...request, ...answer });
        expect(after.text).toBe(before.text);
      }),
      { numRuns: 3_000 },
    );
  });

  test("what was admitted is admitted again, and no different", () => {
    fc.assert(
      fc.property(
        requests,
        fc.constantFrom(required, preferred),
        (request, trust) => {
          const answer = admit(request, trust);
          if (answer.kind === "fault") return;
          expect(admit({ ...request, ...answer }, trust)).toEqual(answer);
        },
      ),
    );
  });
});

/**
 * The document and the hash Apollo Server would take from a request; none of what it
 * refuses before it looks for a document.
 */
function readByApollo({ method, search, body }: AskedOverHttp): {
  readonly text?: string;
  readonly hash?: unknown;
} {
  const read = (query: unknown, extensions: unknown) => {
    const persisted = isRecord(extensions) && extensions["persistedQuery"];
    const { version, sha256Hash } = isRecord(persisted) ? persisted : {};
    if (persisted && version !== 1) return {};
    return {
      ...(typeof query === "string" && query !== "" && { text: query }),
      ...(Boolean(persisted) && { hash: sha256Hash }),
    };
  };
  if (method === "POST") {
    if (!isRecord(body)) return {};
    if (body["query"] && typeof body["query"] !== "string") return {};
    return read(body["query"], body["extensions"]);
  }
  const parameters = new URLSearchParams(search);
  const given = ["query", "extensions"].map((one) => parameters.getAll(one));
  if (given.some((values) => values.length > 1)) return {};
  const [[query] = [], [extensions] = []] = given;
  try {
    return read(query, extensions && JSON.parse(extensions));
  } catch {
    return {};
  }
}

function post(said: Said): AskedOverHttp {
  return { method: "POST", search: "", body: said };
}

function get(said: Said): AskedOverHttp {
  const parameters = Object.entries(said)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
  const search = `?${new URLSearchParams(parameters).toString()}`;
  return { method: "GET", search, body: undefined };
}

/** The reverse of both, by what stands there. */
function saidIn({
  search,
  body,
}: Omit<Admission, "kind"> & Partial<AskedOverHttp>): unknown {
  if (isRecord(body)) return body;
  const entries = [...new URLSearchParams(search)].map(([name, value]) => [
    name,
    name === "query" ? value : (JSON.parse(value) as unknown),
  ]);
  return Object.fromEntries(entries);
}

function hashed(sha256Hash: string) {
  return { extensions: { persistedQuery: { version: 1, sha256Hash } } };
}

function asAdmitted({ search, body }: AskedOverHttp): unknown {
  return { kind: "admitted", search, body };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
