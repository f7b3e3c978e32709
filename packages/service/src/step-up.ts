import { MapperKind, mapSchema } from "@graphql-tools/utils";
import type { Principal } from "@hr/access";
import { clockSkew } from "@hr/tokens";
import {
  type GraphQLFieldConfig,
  GraphQLError,
  type GraphQLSchema,
  defaultFieldResolver,
} from "graphql";
import { z } from "zod";

/** How fresh, and how strong, a sign-in must be before anything is changed (RFC 9470). */
export type StepUp = {
  /** Seconds since the sign-in, at most. */
  readonly maxAge: number;
  /** Values of `acr`, one of which it must have; undefined: any or none. */
  readonly acr: ReadonlySet<string> | undefined;
};

/**
 * Whether the caller signed in so. A machine proves itself for every token and
 * cannot sign in, so nothing is demanded of it; nobody (`anonymous`) never did.
 * @param now Epoch seconds.
 */
export function meetsStepUp(
  principal: Principal,
  { maxAge, acr }: StepUp,
  now: number,
): boolean {
  if (principal.kind === "machine") return true;
  const { authTime } = principal;
  if (authTime === null || authTime - now > clockSkew) return false;
  if (now - authTime > maxAge + clockSkew) return false;
  return !acr || (principal.acr !== null && acr.has(principal.acr));
}

/** The sign-in behind the token is too old or too weak; says what would do. */
export class LoginTooOld extends GraphQLError {
  constructor({ maxAge, acr }: StepUp) {
    const by = acr ? ` by ${[...acr].join(" or ")}` : "";
    super(
      `This needs a sign-in${by} no older than ${maxAge} seconds: sign in again.`,
      {
        extensions: {
          code: "UNAUTHENTICATED",
          reason: "LOGIN_TOO_OLD",
          maxAge,
          ...(acr && { acrValues: [...acr] }),
        },
      },
    );
  }
}

type Field = GraphQLFieldConfig<unknown, { readonly principal: Principal }>;

/** Demands the sign-in before any mutation is resolved. Queries are left as they are. */
export function demandStepUp(
  schema: GraphQLSchema,
  stepUp: StepUp,
  clock: () => number = Date.now,
): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.MUTATION_ROOT_FIELD]: (config: Field): Field => {
      const resolve = config.resolve ?? defaultFieldResolver;
      return {
        ...config,
        resolve(source, args, context, info) {
          if (!meetsStepUp(context.principal, stepUp, clock() / 1_000))
            throw new LoginTooOld(stepUp);
          return resolve(source, args, context, info);
        },
      };
    },
  });
}

/** How a step-up is written in the environment: its seconds, and the words it takes. */
export const stepUpVariables = {
  maxAge: z
    .string({ error: "give whole seconds, such as 300" })
    .regex(/^[1-9]\d{0,8}$/, "give whole seconds, such as 300")
    .transform(Number),
  acr: z
    .string()
    // What a challenge can quote (RFC 6750 section 3).
    .regex(
      /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/,
      "give acceptable acr values with single spaces between them",
    )
    .transform((words): ReadonlySet<string> => new Set(words.split(" "))),
};
