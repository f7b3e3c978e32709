import { createTestIssuer, createTestMint } from "@hr/tokens/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import {
  type People,
  bearing,
  everything,
  startPeople,
  zoe,
} from "./test-people.ts";

const estate = new AsyncDisposableStack();
let people: People;

beforeAll(async () => {
  people = estate.use(await startPeople());
});

afterAll(() => estate.disposeAsync());

beforeEach(() => people.reset());

test.each([
  "{ open }",
  "{ mine }",
  "{ sum }",
  "{ local }",
  "{ person { id } }",
  "{ person { name } }",
  "{ person { pay } }",
  "mutation { greet }",
  "mutation { order }",
  `{ ${zoe} { __typename } }`,
  `{ ${zoe} { ... on Person { name pay } } }`,
  "{ _service { sdl } }",
  "{ __schema { queryType { name } } }",
  "{ __typename }",
])("hole 18: %s is asked around the gateway in vain", async (query) => {
  people.others.policies = () => ["local"];
  const caller = { sub: "usr_mia", clientId: "app", scope: everything };
  const issuer = await createTestIssuer({
    issuer: "urn:hr:gateway",
    audience: "urn:hr:subgraph:people",
  });
  const other = await createTestMint();
  const good = await people.mint.token({ ...caller, subgraph: "people" });
  const [head = "", claims = ""] = good.split(".");
  const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url")}.${claims}.`;
  for (const [whose, token] of Object.entries({
    nobody: null,
    client: await issuer.accessToken(caller),
    otherSubgraph: await people.mint.token({ ...caller, subgraph: "payroll" }),
    otherMint: await other.token({ ...caller, subgraph: "people" }),
    unsigned,
    cut: `${head}.${claims}.`,
    nonsense: "nonsense",
  })) {
    const { status, body } = await people.send({ query }, bearing(token));
    expect([whose, status, body.data]).toEqual([whose, 401, undefined]);
    expect(body.errors?.[0]?.extensions["code"]).toBe("UNAUTHENTICATED");
  }
  expect(people.called).toEqual([]);
  expect((await people.send({ query }, bearing(good))).status).toBe(200);
});

test("hole 18: the SDL is not handed out, not even to the gateway", async () => {
  for (const query of ["{ _service { sdl } }", "{ a: _service { b: sdl } }"])
    expect(await people.ask({ query }, everything)).toMatchObject({
      errors: [{ extensions: { code: "FORBIDDEN" } }],
    });
});

test.each([
  "__proto__",
  "constructor",
  "toString",
  "Query",
  "_Service",
  "Stranger",
])(
  "hole 18: a representation of %s is refused, and the others with it",
  async (name) => {
    const query =
      "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }";
    const r = [
      { __typename: "Person", id: "emp_zoe" },
      { __typename: name, id: "1" },
    ];
    expect(
      await people.ask({ query, variables: { r } }, everything),
    ).toMatchObject({
      errors: [{ extensions: { code: "BAD_USER_INPUT" } }],
    });
    expect(people.called).toEqual([]);
    const good = r.slice(0, 1);
    expect(
      await people.ask({ query, variables: { r: good } }, everything),
    ).toEqual({
      data: { _entities: [{ __typename: "Person" }] },
    });
  },
);

test("hole 17: what stands beside the token is not heard", async () => {
  const query = `{ sum ${zoe} { ... on Person { pay } } }`;
  const claims = { sub: "usr_zoe", scope: everything, employee_id: "emp_zoe" };
  const token = await people.tokenOf("person:reports pay:self");
  const { body } = await people.send(
    {
      query,
      variables: { claims, principal: claims },
      extensions: { claims, principal: claims, scopes: [everything] },
      claims,
    },
    {
      ...bearing(token),
      "x-scope": everything,
      "x-employee-id": "emp_zoe",
      "x-jwt-claims": JSON.stringify(claims),
    },
  );
  expect(body.data).toEqual({ sum: null, _entities: [{ pay: null }] });
  expect(people.called).toEqual(["Person"]);
  expect((await people.ask({ query }, everything)).data).toEqual({
    sum: 9,
    _entities: [{ pay: 90 }],
  });
});

test.each([
  ["POST", "text/plain", 415],
  ["POST", "application/x-www-form-urlencoded", 400],
  ["POST", undefined, 415],
  ["GET", undefined, 400],
])(
  "hole 15, GHSA-hff2-gcpx-8f4p: what any page can make a browser send runs nothing: %s as %s",
  async (method, type, status) => {
    const query = "mutation { greet }";
    const response = await fetch(
      method === "GET"
        ? `${people.url}?query=${encodeURIComponent(query)}`
        : people.url,
      {
        method,
        headers: {
          ...bearing(await people.tokenOf(everything)),
          ...(type && { "content-type": type }),
        },
        ...(method === "POST" && {
          body: new TextEncoder().encode(JSON.stringify({ query })),
        }),
      },
    );
    expect(response.status).toBe(status);
    expect(people.called).toEqual([]);
    expect((await people.ask({ query }, everything)).data).toEqual({
      greet: "hello",
    });
  },
);

test("hole 15, GHSA-hff2-gcpx-8f4p: a cookie is no credential", async () => {
  const token = await people.tokenOf(everything);
  for (const cookie of [
    `authorization=Bearer ${token}`,
    `access_token=${token}`,
  ])
    expect(
      (await people.send({ query: "mutation { greet }" }, { cookie })).status,
    ).toBe(401);
  expect(people.called).toEqual([]);
});
