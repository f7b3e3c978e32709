import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { type DocumentNode, parse, visit } from "graphql";
import type { JsonObject } from "./json.ts";
import { compileWriter } from "./write-response.ts";
import { filtered, prefix, schema } from "./write-test-graph.ts";

const everything = ["vault", "secret", "strict"];

describe.each(["code", "closures"] as const)("by %s", (form) => {
  const writerOf = (source: string | DocumentNode, scopes = everything) => {
    const operation = filtered(source, scopes);
    return compileWriter({ schema, prefix, filtered: operation }, form);
  };
  const write = (source: string, json: string, scopes = everything) => {
    const root = JSON.parse(json) as JsonObject;
    return writerOf(source, scopes)?.(root);
  };

  test.each([
    ["plain", "short"],
    ["what JSON escapes", '"\\/\b\f\n\r\t\u0000\u001f\u007f'],
    ["separators of lines", "\u2028\u2029"],
    ["a pair of surrogates", "😀"],
    ["a high surrogate alone", "\ud83d!"],
    ["a low surrogate alone", "!\ude00"],
    ["the length where the way to quote changes", "x".repeat(49)],
    ["one more", "x".repeat(50)],
    ["long, with a quote at its end", `${"x".repeat(200)}"`],
  ])("a string is quoted as JSON.stringify does: %s", (_, title) => {
    const json = JSON.stringify({ one: { [`${prefix}t`]: "Film", title } });
    expect(write("{ one { title } }", json)).toBe(
      JSON.stringify({ one: { title } }),
    );
  });

  test.each([
    ["0", "0"],
    ["-0", "0"],
    ["-7", "-7"],
    ["1.0", "1"],
    ["1e21", "1e+21"],
    ["0.1", "0.1"],
    ["1e-7", "1e-7"],
    ["1e999", "null"],
    ["-1e999", "null"],
  ])("a float %s becomes %s", (given, text) => {
    const written = write(
      "{ shelves { price } }",
      `{"shelves":[[{"price":${given}}]]}`,
    );
    expect(written).toBe(`{"shelves":[[{"price":${text}}]]}`);
  });

  test("a scalar of the schema's own is written whatever it is, but for null where none may be", () => {
    const asked = "{ author { born } }";
    const born = '{"a":[1,{"b":null,"__proto__":2}],"c":"\\u2028"}';
    expect(write(asked, `{"r_0":{"born":${born}}}`)).toBe(
      `{"author":{"born":${JSON.stringify(JSON.parse(born))}}}`,
    );
    expect(write(asked, '{"r_0":{"born":null}}')).toBeUndefined();
    expect(write(asked, '{"r_0":{}}')).toBeUndefined();
  });

  test("only a value of the enum is written", () => {
    const asked = "{ shelves { kind } }";
    const leaf = '{"shelves":[[{"kind":"LEAF"}]]}';
    expect(write(asked, leaf)).toBe(leaf);
    expect(write(asked, leaf.replace("LEAF", "TREE"))).toBeUndefined();
    expect(write(asked, leaf.replace("LEAF", "toString"))).toBeUndefined();
  });

  test("nothing is read that an object only inherits", () => {
    const asked =
      "{ odd { constructor toString valueOf hasOwnProperty { isPrototypeOf } } }";
    expect(write(asked, '{"odd":{"toString":1}}')).toBe(
      '{"odd":{"constructor":null,"toString":1,"valueOf":null,"hasOwnProperty":null}}',
    );
    expect(write(asked, '{"odd":{}}')).toBeUndefined();
    expect(
      write("{ author { name } }", '{"r_0":{"__proto__":{"name":"x"}}}'),
    ).toBeUndefined();
    expect(write("{ odd { valueOf } }", '{"__proto__":{"odd":{}}}')).toBe(
      '{"odd":null}',
    );
  });

  test("the type is told by the plain key first, then by ours, and no other than a possible one is written", () => {
    const asked = "{ one { __typename id } }";
    const one = (names: object) =>
      write(asked, JSON.stringify({ one: { id: 1, ...names } }));
    const film = '{"one":{"__typename":"Film","id":1}}';
    expect(one({ __typename: "Film", r_t: "Book" })).toBe(film);
    expect(one({ __typename: "Media", r_t: "Film" })).toBe(film);
    expect(one({ r_t: "Film" })).toBe(film);
    for (const name of ["Author", "Media", "Nothing", "String", 1, null])
      expect(one({ r_t: name })).toBeUndefined();
    expect(one({})).toBeUndefined();
    const narrow = "{ one { ... on Film { minutes } } }";
    expect(write(narrow, '{"one":{"r_t":"Book"}}')).toBe('{"one":{}}');
    expect(write(narrow, '{"one":{"r_t":"Author"}}')).toBeUndefined();
  });

  test("what was refused is null without a look at the data", () => {
    const asked = "{ vault { gold } shelves { secret id } }";
    const data =
      '{"shelves":[[{"id":"b","secret":"told"}]],"vault":{"gold":1}}';
    expect(write(asked, data, ["secret"])).toBe(
      '{"vault":null,"shelves":[[{"secret":"told","id":"b"}]]}',
    );
    expect(write(asked, data, [])).toBe(
      '{"vault":null,"shelves":[[{"secret":null,"id":"b"}]]}',
    );
    expect(write(asked, data)).toBe(
      '{"vault":{"gold":1},"shelves":[[{"secret":"told","id":"b"}]]}',
    );
  });

  test("an object that has lost what may not be null is left to the slow way", () => {
    const asked = "{ shelves { id strict } }";
    const data = '{"shelves":[[{"id":"b","strict":"s"}]]}';
    expect(write(asked, data)).toBe(data);
    expect(write(asked, data, [])).toBeUndefined();
    expect(write(asked, '{"shelves":[[]]}', [])).toBe('{"shelves":[[]]}');
  });

  test("an operation with introspection has no writer, one with __typename has", () => {
    expect(writerOf("{ __schema { description } }")).toBeUndefined();
    expect(
      writerOf('{ odd { toString } ... { t: __type(name: "Odd") { name } } }'),
    ).toBeUndefined();
    expect(write("{ __typename odd { t: __typename } }", '{"odd":{}}')).toBe(
      '{"__typename":"Query","odd":{"t":"Odd"}}',
    );
  });

  test("a key that is no name stays a key", () => {
    const document = parse("{ harmless: odd { toString } }");
    const hostile = '"+globalThis.stolen()+`${1}`\\"\u2028\n//';
    const renamed = visit(document, {
      Name: (node) =>
        node.value === "harmless" ? { ...node, value: hostile } : node,
    });
    const root = { r_0: { toString: 1 } };
    expect(writerOf(renamed)?.(root)).toBe(
      JSON.stringify({ [hostile]: { toString: 1 } }),
    );
  });

  test("the keys __proto__ and constructor are the client's to choose", () => {
    expect(
      write(
        "{ __proto__: odd { constructor: toString } }",
        '{"r_0":{"r_1":1}}',
      ),
    ).toBe('{"__proto__":{"constructor":1}}');
  });

  test("the data are left as they were", () => {
    const json =
      '{"one":{"__typename":"Film","next":{"r_t":"Book","title":"b"}}}';
    const root = JSON.parse(json) as JsonObject;
    expect(
      writerOf("{ one { next { title by { name } } } }")?.(root),
    ).toBeUndefined();
    expect(writerOf("{ one { next { title } } }")?.(root)).toBe(
      '{"one":{"next":{"title":"b"}}}',
    );
    expect(JSON.stringify(root)).toBe(json);
  });
});

test("where code from strings is forbidden the same text is written", async () => {
  const url = (file: string) => JSON.stringify(join(import.meta.dirname, file));
  const script = `
    import { compileWriter } from ${url("write-response.ts")};
    import { filtered, prefix, schema } from ${url("write-test-graph.ts")};
    let isForbidden = false;
    try { new Function(""); } catch { isForbidden = true; }
    const write = compileWriter({ schema, prefix, filtered: filtered("{ a: shelves { id } }", []) });
    console.log(isForbidden, write({ r_0: [[{ id: 1 }]] }), write({ r_0: [[{}]] }));`;
  const run = (...flags: string[]) =>
    promisify(execFile)(process.execPath, [
      ...flags,
      ...["--input-type=module", "--eval", script],
    ]);
  const text = '{"a":[[{"id":1}]]} undefined\n';
  const [free, forbidden] = await Promise.all([
    run(),
    run("--disallow-code-generation-from-strings"),
  ]);
  expect(free.stdout).toBe(`false ${text}`);
  expect(forbidden.stdout).toBe(`true ${text}`);
});
