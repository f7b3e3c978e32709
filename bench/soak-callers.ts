import { setTimeout as sleep } from "node:timers/promises";
import type { IssuedToken, SoakIssuer } from "./soak-issuer.ts";

/** 200 employees who ask, each with a token that is renewed as it expires. */
export type SoakCallers = {
  readonly count: number;
  /** What a caller has at the moment, or what nobody may take for it. */
  token(caller: number, credential: Credential): string;
  /** Takes tokens away from some callers, who get others at once. */
  revokeSome(): Promise<void>;
  /** Tokens issued so far. */
  issued(): number;
  close(): void;
};

/** `revoked` is one taken away so long ago that the gateway has to know. */
export type Credential = "own" | "forged" | "revoked";

/** What a caller may see. */
export type Scopes = {
  readonly pay: boolean;
  /** What one of the two supergraphs demands for a job title. */
  readonly jobs: boolean;
};

export const jobsScope = "employee:job:read";
const count = 200;
const lifetimeSeconds = 60;
/** So long before it expires a token is replaced. */
const marginSeconds = 3;
/** Whoever still waits for an answer under a token it takes away would rightly be refused. */
const lastUseMs = 10_000;
/** By then the gateway has to know; the list is read each second. */
export const revocationBoundMs = 3_000;

const kinds: readonly Scopes[] = [
  { pay: true, jobs: true },
  { pay: true, jobs: false },
  { pay: false, jobs: true },
  { pay: false, jobs: false },
];

export function scopesOf(caller: number): Scopes {
  return kinds[caller % kinds.length] ?? { pay: false, jobs: false };
}

export async function openSoakCallers(
  issuer: SoakIssuer,
): Promise<SoakCallers> {
  const tokens: IssuedToken[] = [];
  const revoked: { readonly token: IssuedToken; readonly from: number }[] = [];
  let issued = 0;
  const renew = async (caller: number, seconds = lifetimeSeconds) => {
    issued += 1;
    tokens[caller] = await issuer.sign(claimsOf(caller), now() + seconds);
  };
  // They would all expire at once otherwise.
  for (let caller = 0; caller < count; caller += 1)
    await renew(caller, lifetimeSeconds * (0.25 + (0.75 * caller) / count));
  const timer = setInterval(() => {
    tokens.forEach(({ until }, caller) => {
      if (until - now() < marginSeconds) void renew(caller);
    });
    // Expired as well, it has to be refused all the more.
    while ((revoked[0]?.token.until ?? Infinity) < now() - lifetimeSeconds)
      revoked.shift();
  }, 500);
  function revokedOne(turn: number): string | undefined {
    const known = revoked.filter(({ from }) => from < performance.now());
    return known[turn % known.length]?.token.text;
  }
  return {
    count,
    token(caller, credential) {
      const own = tokens[caller]?.text ?? "";
      if (credential === "own") return own;
      const revoked = credential === "revoked" && revokedOne(caller);
      return revoked || forged(own);
    },
    async revokeSome() {
      const chosen = tokens.filter((_, caller) => (caller + issued) % 40 === 0);
      await Promise.all(chosen.map((token) => renew(tokens.indexOf(token))));
      await sleep(lastUseMs);
      chosen.forEach((token) => issuer.revoke(token));
      const from = performance.now() + revocationBoundMs;
      revoked.push(...chosen.map((token) => ({ token, from })));
    },
    issued: () => issued,
    close: () => clearInterval(timer),
  };
}

function claimsOf(caller: number) {
  const { pay, jobs } = scopesOf(caller);
  return {
    sub: `usr_${caller}`,
    employeeId: `emp_${caller}`,
    scope: [
      "employee:read leave:read leave:request:write:self",
      ...(pay ? ["payroll:compensation:read"] : []),
      ...(jobs ? [jobsScope] : []),
    ].join(" "),
  };
}

/** Whose signature is of something else. */
function forged(token: string): string {
  const end = token.lastIndexOf(".") + 1;
  return token.slice(0, end) + token.slice(end).split("").reverse().join("");
}

function now(): number {
  return Math.floor(Date.now() / 1_000);
}
