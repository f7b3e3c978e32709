import { describe, expect, test } from "@jest/globals";
import {
  GraphQLSchema,
  TypeInfo,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  parse,
  printSchema,
  validate,
  validateSchema,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { filterOperation } from "./filter-operation.ts";
import { requiredScopes } from "./required-scopes.ts";
import { filterInput } from "./test-ask.ts";
import { type Case, always, everything } from "./test-cases.ts";
import { namedIn } from "./test-graph.ts";
import {
  type Caller,
  type Law,
  mayEnter,
  maySelect,
} from "./test-oracle-law.ts";
import { type RandomDocument, randomDocument } from "./test-random-document.ts";
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
    }, 150);
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
    }, 120);
  });

  test("holds no type that cannot be reached", () => {
    always((one) => {
      const view = viewFor(one, one.caller);
      const names = Object.keys(view.getTypeMap());
      expect(names.filter((name) => !reachedIn(view).has(name))).toEqual([]);
    }, 120);
  });

  test("takes no operation that is not granted in full", () => {
    always((one) => {
      const { caller, graph, served, draw } = one;
      if (!mayEnter({ graph, caller }, "Query")) return;
      const document = randomDocument(draw, viewFor(one, caller));
      expect(validate(served.schema, parse(document.source))).toEqual([]);
      const input = filterInput(served, document, caller);
      expect(filterOperation(input).denials).toEqual([]);
    }, 150);
  });

  test("takes every operation that is granted in full and asks no __typename, unless a type on its way lost an interface or has no field of its own", () => {
    always((one) => {
      const { served, draw } = one;
      const plain = { conditions: false, typenames: false };
      const document = randomDocument(draw, served.schema, plain);
      // It stands in for a field where none fits.
      if (document.source.includes("__typename\n")) return;
      const input = filterInput(served, document, everything);
      const scopes = new Set(requiredScopes(input).smallest);
      const view = viewFor(one, { ...everything, scopes });
      if (dropsInterface(one, view)) return;
      if (passesUnseen(served.schema, view, document)) return;
      const faults = validate(view, parse(document.source)).map(String);
      expect({ ...document, faults }).toEqual({ ...document, faults: [] });
    }, 150);
  });
});

function viewFor({ served, document }: Case, caller: Caller): GraphQLSchema {
  const { rules, meets } = filterInput(served, document, caller);
  return viewSchema(parse(printSchema(served.schema)), {
    entry: (type) => meets(rules.entry(type)),
    select: (type, field) => meets(rules.select(type, field)),
  });
}

function fieldsIn(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name);
  return isObjectType(type) || isInterfaceType(type)
    ? Object.keys(type.getFields())
    : [];
}

/** The types with nothing to select, looked for until no more are found. */
function hollowIn(law: Law): ReadonlySet<string> {
  const hollow = new Set<string>();
  for (let before = -1; before < hollow.size;) {
    before = hollow.size;
    for (const { kind, name, fields, members } of law.graph.values()) {
      const open = fields.filter(
        (field) =>
          maySelect(law, name, field.name) && !hollow.has(namedIn(field.type)),
      );
      const isHollow =
        kind === "union"
          ? members.every((one) => hollow.has(one))
          : !/scalar|enum/.test(kind) && open.length === 0;
      if (isHollow || !mayEnter(law, name)) hollow.add(name);
    }
  }
  return hollow;
}

/** By reference from the roots alone, then from what implements what was reached, and so on. */
function reachedIn(view: GraphQLSchema): ReadonlySet<string> {
  const config = { ...view.toConfig(), types: [], assumeValid: true };
  let reached = new GraphQLSchema(config);
  for (let before = -1; before < sizeOf(reached);) {
    before = sizeOf(reached);
    const known = Object.values(reached.getTypeMap());
    const below = known.filter(isInterfaceType).flatMap((one) => {
      const { objects, interfaces } = view.getImplementations(one);
      return [...objects, ...interfaces];
    });
    reached = new GraphQLSchema({ ...config, types: [...known, ...below] });
  }
  return new Set(Object.keys(reached.getTypeMap()));
}

function sizeOf(schema: GraphQLSchema): number {
  return Object.keys(schema.getTypeMap()).length;
}

/** Whether a type lost a field of its interface that the interface itself still has. */
function dropsInterface({ graph }: Case, view: GraphQLSchema): boolean {
  return [...graph.values()].some(({ name, interfaces }) => {
    const type = view.getType(name);
    if (!isObjectType(type) && !isInterfaceType(type)) return false;
    const kept = type.getInterfaces().map((one) => one.name);
    return interfaces.some((one) => view.getType(one) && !kept.includes(one));
  });
}

/** Whether an operation goes through an interface or a union that is not shown, selecting below it only. */
function passesUnseen(
  schema: GraphQLSchema,
  view: GraphQLSchema,
  { source }: RandomDocument,
): boolean {
  const passed = new Set<string>();
  const info = new TypeInfo(schema);
  visit(
    parse(source),
    visitWithTypeInfo(info, {
      SelectionSet: () => {
        const type = info.getParentType();
        if (isAbstractType(type)) passed.add(type.name);
      },
    }),
  );
  return [...passed].some((name) => !view.getType(name));
}
