import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  GraphQLInt,
  Kind,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
} from "graphql";
import {
  directiveName,
  namespacedName,
  readLinks,
  specifications,
} from "../features.ts";
import { RulesError } from "../rules.ts";

/** What `@cost` and `@listSize` say, by coordinate: `Type`, `Type.field`, `Type.field(argument:)`. */
export type Costs = {
  readonly weights: ReadonlyMap<string, number>;
  readonly listSizes: ReadonlyMap<string, ListSize>;
};

export type ListSize = {
  /** Where no slicing argument says it. */
  readonly assumedSize: number | undefined;
  /** Arguments that say how long the list gets, each with its default. */
  readonly slicing: ReadonlyMap<string, number | undefined>;
  /** Lists in the returned object that get this long. */
  readonly sizedFields: ReadonlySet<string>;
  /** Of the slicing arguments exactly one has to be given. */
  readonly requiresOne: boolean;
};

type CostDirective = "cost" | "listSize";

/**
 * Reads `https://specs.apollo.dev/cost/v0.1` off a composed supergraph or a
 * subgraph's SDL, by the identity of its `@link`. Nothing that is written is ignored.
 * @throws RulesError naming every coordinate that says nothing usable, and the cure.
 */
export function readCosts(
  document: DocumentNode,
  schema: GraphQLSchema,
): Costs {
  const faults: string[] = [];
  const names = directiveNames(document, faults);
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSize>();
  const weigh = (coordinate: string, node: Annotated | null | undefined) => {
    for (const directive of applied(node, names, "cost")) {
      const weight = wholeNumber(argumentOf(directive, "weight"));
      if (weight === undefined)
        faults.push(
          `${coordinate}: @${directive.name.value}(weight:) must be a whole number from 0, such as 5`,
        );
      else weights.set(coordinate, weight);
    }
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    for (const node of nodesOf(type)) weigh(type.name, node);
    for (const field of fieldsOf(type)) {
      const coordinate = `${type.name}.${field.name}`;
      weigh(coordinate, field.astNode);
      if (!("args" in field)) continue;
      for (const { name, astNode } of field.args)
        weigh(`${coordinate}(${name}:)`, astNode);
      for (const directive of applied(field.astNode, names, "listSize"))
        listSizes.set(
          coordinate,
          readListSize(directive, field, (fault) =>
            faults.push(`${coordinate}: @${directive.name.value}${fault}`),
          ),
        );
    }
  }
  if (faults.length > 0) throw new RulesError(faults);
  return { weights, listSizes };
}

/** Directive name here → what it is. */
function directiveNames(
  document: DocumentNode,
  faults: string[],
): ReadonlyMap<string, CostDirective> {
  const names = new Map<string, CostDirective>();
  for (const link of readLinks(document)) {
    const isOwn = link.identity === `${specifications}cost`;
    if (!isOwn && link.identity !== `${specifications}federation`) continue;
    if (isOwn && link.version !== "v0.1")
      faults.push(
        `@link to ${link.identity}/${link.version}: only v0.1 is understood`,
      );
    names.set(
      isOwn ? directiveName(link, "cost") : namespacedName(link, "cost"),
      "cost",
    );
    names.set(namespacedName(link, "listSize"), "listSize");
  }
  return names;
}

type Annotated = { readonly directives?: readonly ConstDirectiveNode[] };

function nodesOf(
  type: GraphQLNamedType,
): readonly (Annotated | null | undefined)[] {
  return [type.astNode, ...type.extensionASTNodes];
}

function fieldsOf(
  type: GraphQLNamedType,
): readonly (GraphQLField<unknown, unknown> | GraphQLInputField)[] {
  if (isInputObjectType(type)) return Object.values(type.getFields());
  return isObjectType(type) || isInterfaceType(type)
    ? Object.values(type.getFields())
    : [];
}

function applied(
  node: Annotated | null | undefined,
  names: ReadonlyMap<string, CostDirective>,
  wanted: CostDirective,
): readonly ConstDirectiveNode[] {
  return (node?.directives ?? []).filter(
    ({ name }) => names.get(name.value) === wanted,
  );
}

function readListSize(
  directive: ConstDirectiveNode,
  field: GraphQLField<unknown, unknown>,
  fault: (what: string) => void,
): ListSize {
  const given = (name: string) => argumentOf(directive, name);
  const assumed = given("assumedSize");
  if (assumed && wholeNumber(assumed) === undefined)
    fault("(assumedSize:) must be a whole number from 0, such as 25");
  const one = given("requireOneSlicingArgument");
  if (one && one.kind !== Kind.BOOLEAN)
    fault("(requireOneSlicingArgument:) must be true or false");
  const slicing = namesIn(given("slicingArguments"), () =>
    fault('(slicingArguments:) must be a list of names such as ["first"]'),
  );
  for (const name of slicing) {
    const wrong = notSlicing(field.args.find((arg) => arg.name === name));
    if (wrong)
      fault(
        `(slicingArguments:) names ${JSON.stringify(name)}, which is ${wrong}: name an Int argument of the field, or leave it out`,
      );
  }
  const sized = namesIn(given("sizedFields"), () =>
    fault('(sizedFields:) must be a list of names such as ["nodes"]'),
  );
  const target = getNamedType(field.type);
  for (const name of sized) {
    const wrong = notSized(target, name);
    if (wrong)
      fault(
        `(sizedFields:) names ${JSON.stringify(name)}, which is ${wrong}: name a list in ${target.name}, or leave it out`,
      );
  }
  if (sized.length === 0 && !isListType(getNullableType(field.type)))
    fault(
      " stands on a field that is no list: name the lists in what it returns by sizedFields, or leave it out",
    );
  return {
    assumedSize: wholeNumber(assumed),
    slicing: new Map(
      field.args
        .filter(({ name }) => slicing.includes(name))
        .map(({ name, defaultValue }) => [
          name,
          typeof defaultValue === "number" ? defaultValue : undefined,
        ]),
    ),
    sizedFields: new Set(sized),
    requiresOne:
      slicing.length > 0 && !(one?.kind === Kind.BOOLEAN && !one.value),
  };
}

function notSlicing(argument: GraphQLArgument | undefined): string | undefined {
  if (!argument) return "no argument of the field";
  const type = getNullableType(argument.type);
  return type === GraphQLInt ? undefined : "no Int";
}

function notSized(target: GraphQLNamedType, name: string): string | undefined {
  const field = fieldsOf(target).find((one) => one.name === name);
  if (!field) return "no field there";
  return isListType(getNullableType(field.type)) ? undefined : "no list";
}

function argumentOf(
  directive: ConstDirectiveNode,
  name: string,
): ConstValueNode | undefined {
  const value = directive.arguments?.find(
    (one) => one.name.value === name,
  )?.value;
  return value?.kind === Kind.NULL ? undefined : value;
}

function wholeNumber(value: ConstValueNode | undefined): number | undefined {
  if (value?.kind !== Kind.INT) return undefined;
  const number = Number(value.value);
  return number >= 0 ? number : undefined;
}

function namesIn(
  value: ConstValueNode | undefined,
  malformed: () => void,
): readonly string[] {
  if (!value) return [];
  const items = value.kind === Kind.LIST ? value.values : [value];
  if (items.some(({ kind }) => kind !== Kind.STRING)) malformed();
  return items.flatMap((item) =>
    item.kind === Kind.STRING ? [item.value] : [],
  );
}
