import type { Dnf, Requirement } from "@hr/access";

type Quote = (name: string) => string;

/** What a requirement asks for, in words; every part must hold. */
export function requirementWords(
  { authenticated, scopes, policies }: Requirement,
  quote: Quote = (name) => name,
): readonly string[] {
  return [
    ...(authenticated ? ["a signed-in caller"] : []),
    ...scopes.map((dnf) => dnfWords(dnf, quote)),
    ...policies.map((dnf) => `policy ${dnfWords(dnf, quote)}`),
  ];
}

/** `a & b or c` */
export function dnfWords(dnf: Dnf, quote: Quote = (name) => name): string {
  return dnf.map((all) => all.map(quote).join(" & ")).join(" or ");
}
