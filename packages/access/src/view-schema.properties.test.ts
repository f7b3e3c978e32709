import { describe, expect, test } from "@jest/globals";
import {
  GraphQLSchema,
  isInterfaceType,
  isObjectType,
  parse,
  printSchema,
  validate,
  validateSchema,
} from "graphql";
import { filterOperation } from "./filter-operation.ts";
import { requiredScopes } from "./required-scopes.ts";
import { filterInput } from "./test-ask.ts";
import { type Case, always, everything } from "./test-cases.ts";
import { namedIn } from "./test-graph.ts";
import { type Caller, type Law, mayEnter, maySelect } from "./test-oracle-law.ts";
import { randomDocument } from "./test-random-document.ts";
import { viewSchema } from "./view-schema.ts";

describe("the schema a caller is shown", () => {
  test("is valid, but for a query root without fields", () => {
    always((one) => {
      const view = viewFor(one, one.caller);
      const faults = validateSchema(
        new GraphQLSchema({ ...view.toConfig(), assumeValid: false }),
      );
      const isBare = fieldsIn(view, "Query").length === 0;
      expect(faults.map(({ message }) => message)).toEqual(
        isBare ? ["Type Query must define one or more fields."] : [],
      );
    }, 300);
  });

  test("holds of each type the fields that are open and lead somewhere", () => {
    always((one) => {
      const law = { graph: one.graph, caller: one.caller };
      const view = viewFor(one, one.caller);
      for (const { name, fields } of one.graph.values()) {
        if (!view.getType(name) || fields.length === 0) continue;
        const shown = fields.filter(
          (field) =>
            mayEnter(law, name) &&
            maySelect(law, name, field.name) &&
            !hollowIn(law).has(namedIn(field.type)),
        );
        expect(fieldsIn(view, name)).toEqual(shown.map((field) => field.name));
      }
    }, 200);
  });

  test("holds no type that cannot be reached", () => {
    always((one) => {
      const view = viewFor(one, one.caller);
      const names = Object.keys(view.getTypeMap());
      expect(names.filter((name) => !reachedIn(view).has(name))).toEqual([]);
    }, 200);
  });

  test("takes no operation that is not granted in full", () => {
    always((one) => {
      const { caller, graph, served, draw } = one;
      if (!mayEnter({ graph, caller }, "Query")) return;
      const document = randomDocument(draw, viewFor(one, caller));
      expect(validate(served.schema, parse(document.source))).toEqual([]);
      const input = filterInput(served, document, caller);
      expect(filterOperation(input).denials).toEqual([]);
    }, 300);
  });

  test("takes every operation that is granted in full, but for __typename of a type without fields", () => {
    always((one) => {
      const { served, draw } = one;
      const spice = { conditions: false, typenames: false };
      const document = randomDocument(draw, served.schema, spice);
      if (document.source.includes("__typename\n")) return;
      const input = filterInput(served, document, everything);
      const { smallest } = requiredScopes(input);
      const view = viewFor(one, { ...everything, scopes: new Set(smallest) });
      const faults = validate(view, parse(document.source));
      …
    }, 300);
  });
});
