import { allScopes, multiply, reachOf } from "@hr/access";
import type { GraphQLSchema } from "graphql";
import type { Coordinate, SubgraphRules } from "./coordinates.ts";
import type { GraphAnswer } from "./estate.ts";
import { type Asker, gatesOf, isMet } from "./expected.ts";
import { type Answered, askEach } from "./questions.ts";
import type { Row } from "./rows.ts";
import { type Way, nameOf } from "./ways.ts";

/** One coordinate of Mia's rows, asked for one way by one caller with certain scopes. */
export type Inquiry = {
  readonly coordinate: Coordinate;
  readonly way: Way;
  readonly asker: keyof typeof askers;
  readonly held: readonly string[];
};

/** By `keyOf` the inquiry. */
export type Answers = ReadonlyMap<string, Answered>;

/** Who asks about Mia's rows: she, who is above her, below her, beside her, and a machine. */
const askers = {
  "Mia herself": "emp_mia",
  "Wei, her manager": "emp_0003",
  "Ingrid, his manager": "emp_0001",
  "Ada, her report": "emp_ada",
  "Zoë, a stranger": "emp_0030",
  "a machine": null,
} as const;

/** By everybody, with every scope there is. */
export function withEverything(coordinate: Coordinate): readonly Inquiry[] {
  return inquiries(coordinate, allScopes);
}

/** By Mia, with all scopes but those asked for, and of each alternative all but one besides. */
export function withTooLittle(coordinate: Coordinate): readonly Inquiry[] {
  const asked = mentionedBy(coordinate);
  const others = allScopes.filter((scope) => !asked.has(scope));
  const lacking = alternativesOf(coordinate).flatMap((scopes) =>
    scopes.map((one) => scopes.filter((scope) => scope !== one)),
  );
  return lacking
    .flatMap((scopes) => inquiries(coordinate, [...others, ...scopes]))
    .filter(({ asker }) => asker === "Mia herself");
}

/**
 * By everybody, with one alternative and what each way asks for besides, company-wide.
 * Ways that would need more of what the coordinate asks for are left out.
 */
export function withOnly(
  scopes: readonly string[],
  coordinate: Coordinate,
  { schema, composed }: SubgraphRules,
): readonly Inquiry[] {
  const asked = mentionedBy(coordinate);
  const isBesides = (scope: string) =>
    reachOf(scope) === "everyone" && !asked.has(scope);
  return inquiries(coordinate, scopes).flatMap((inquiry) => {
    const held = [...scopes];
    const gates = gatesOf(
      { ...coordinate, way: inquiry.way },
      schema,
      composed,
    );
    for (const dnf of gates.flatMap((gate) => [
      ...gate.before,
      ...gate.after,
    ])) {
      if (isMet(dnf, held)) continue;
      const besides = dnf.find((all) => all.every(isBesides));
      if (!besides) return [];
      held.push(...besides);
    }
    return [{ ...inquiry, held }];
  });
}

export function alternativesOf({ scopes }: Coordinate) {
  return multiply(scopes, { bound: Infinity }).alternatives;
}

export function mentionedBy({ scopes }: Coordinate): ReadonlySet<string> {
  return new Set(scopes.flat(2));
}

export function askerOf({ asker, held }: Inquiry): Asker {
  return { employeeId: askers[asker], scopes: held };
}

export function keyOf({ coordinate, way, ...rest }: Inquiry): string {
  return JSON.stringify([coordinate.name, nameOf(way), callerOf(rest)]);
}

export function labelOf({ way, asker, held }: Inquiry): string {
  return `${asker}, ${nameOf(way) || "at the root"}, with ${held.join(" ")}`;
}

/** All inquiries of one caller with the same scopes go in the same requests. */
export async function answersTo(
  asked: readonly Inquiry[],
  asking: {
    readonly row: Row;
    readonly schema: GraphQLSchema;
    readonly subjects?: boolean;
    readonly ask: (operation: string, as: Asker) => Promise<GraphAnswer>;
  },
): Promise<Answers> {
  const { row, ask, ...rest } = asking;
  const answers = new Map<string, Answered>();
  const groups = Map.groupBy(asked, callerOf).values();
  // All at once would wait longer for a connection than a busy machine grants.
  const turns = Array.from({ length: 8 }, async () => {
    for (const group of groups) {
      const [first] = group;
      const answered = await askEach(
        group.map(({ coordinate, way }) => ({ ...coordinate, way, row })),
        {
          ...rest,
          ask: (operation) => ask(operation, askerOf(first as Inquiry)),
        },
      );
      group.forEach((one, at) =>
        answers.set(keyOf(one), answered[at] as Answered),
      );
    }
  });
  await Promise.all(turns);
  return answers;
}

function inquiries(
  coordinate: Coordinate,
  held: readonly string[],
): readonly Inquiry[] {
  const names = Object.keys(askers) as (keyof typeof askers)[];
  return coordinate.ways.flatMap((way) =>
    names.map((asker) => ({ coordinate, way, asker, held })),
  );
}

function callerOf({ asker, held }: Pick<Inquiry, "asker" | "held">): string {
  return [asker, ...[...held].sort()].join(" ");
}
