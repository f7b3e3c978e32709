import { type FieldNode, Kind, valueFromASTUntyped } from "graphql";
import type { Amount, Formula, Variables } from "./formula.ts";
import type { ListSize } from "./read-costs.ts";
import type { Coordinate, Scale } from "./scale.ts";

/** A list of which exactly one slicing argument has to be given. */
export type Demand = {
  readonly coordinate: string;
  readonly slicing: readonly string[];
  readonly given: (variables: Variables) => number;
};

export type Lengths = {
  /** Of the field itself, should it be a list. */
  readonly length: Amount;
  /** Of lists in what it returns, by name. */
  readonly sized: ReadonlyMap<string, Amount> | undefined;
};

export type LengthParts = {
  readonly formula: Formula;
  readonly scale: Scale;
  /** Of a list of which nothing is said. */
  readonly standard: number;
  /** Grows by what each field demands. */
  readonly demands: Demand[];
};

/** How long the lists of a field get; where several objects say it, the longest counts. */
export function listLengths(
  node: FieldNode,
  at: Coordinate,
  parts: LengthParts,
): Lengths {
  const all = parts.scale.listSizes(at).map((said) => ({
    length: said ? lengthOf(node, said, { at, ...parts }) : parts.standard,
    fields: said?.sizedFields ?? new Set<string>(),
  }));
  const longest = (some: typeof all) =>
    parts.formula.most(some.map(({ length }) => length));
  const names = all.flatMap(({ fields }) => [...fields]);
  const sized = names.map((name) => {
    const saying = all.filter(({ fields }) => fields.has(name));
    return [name, longest(saying)] as const;
  });
  return {
    length: longest(all),
    sized: sized.length > 0 ? new Map(sized) : undefined,
  };
}

/**
 * As the largest slicing argument says, else the assumed size, else the standard
 * one. A negative argument says nothing. Infinity while the demand is not met:
 * that counts only where the list is asked for.
 */
function lengthOf(
  node: FieldNode,
  said: ListSize,
  { at, formula, standard, demands }: LengthParts & { readonly at: Coordinate },
): Amount {
  const slicing = slicingOf(node, said);
  // A default stands in only where nothing is written: nobody could take it back.
  const given = (variables: Variables) => {
    const { written, standing } = slicing.sizes(variables);
    return written.length || standing.length;
  };
  const length = (variables: Variables) => {
    if (said.requiresOne && given(variables) !== 1) return Infinity;
    const { written, standing } = slicing.sizes(variables);
    const known = [...written, ...standing].filter((size) => size >= 0);
    if (known.length > 0) return Math.max(...known);
    return said.assumedSize ?? standard;
  };
  if (said.requiresOne)
    demands.push({
      coordinate: `${at.parent.name}.${at.field.name}`,
      slicing: [...said.slicing.keys()],
      given,
    });
  return slicing.isConstant ? length({}) : formula.given(length);
}

function slicingOf(node: FieldNode, said: ListSize) {
  const all = [...said.slicing].map(([name, standard]) => ({
    value: node.arguments?.find((one) => one.name.value === name)?.value,
    standard,
  }));
  return {
    isConstant: all.every(({ value }) => value?.kind !== Kind.VARIABLE),
    sizes(variables: Variables) {
      const written: number[] = [];
      const standing: number[] = [];
      for (const { value, standard } of all) {
        const size: unknown = value && valueFromASTUntyped(value, variables);
        if (typeof size === "number") written.push(size);
        else if (size === undefined && standard !== undefined)
          standing.push(standard);
      }
      return { written, standing };
    },
  };
}
