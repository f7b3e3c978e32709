import {
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { COSEALG } from "@simplewebauthn/server/helpers";
import { z } from "zod";
import type { Passkey } from "./passkeys.repository.ts";

/** What a browser sent, of the shape the library takes for granted; nothing of it is proved. */
export type Credential = {
  readonly id: string;
  /** Which it claims to answer. */
  readonly challenge: string;
  readonly response: unknown;
};

/** Not those after quantum computers: what they sign is too long for a form. */
export const algorithms = [COSEALG.EdDSA, COSEALG.ES256, COSEALG.RS256];

/** 1,023 bytes in base64url (Web Authentication, section 7.1). */
const longestId = 1_364;

/** Undefined if the text is no credential of a browser. */
export function readCredential(text: string): Credential | undefined {
  const read = credentialShape.safeParse(text);
  if (!read.success) return undefined;
  const { id, response } = read.data;
  const { challenge } = response.clientDataJSON;
  return { id, challenge, response: JSON.parse(text) };
}

/** Undefined if it is refused; otherwise what is to be kept of the use. */
export async function verifyUse(
  { challenge, response }: Credential,
  by: {
    readonly issuer: string;
    readonly passkey: Pick<Passkey, "id" | "accountId" | "publicKey">;
  },
): Promise<Pick<Passkey, "id" | "counter" | "backedUp"> | undefined> {
  const { id, accountId, publicKey } = by.passkey;
  const answer = response as AuthenticationResponseJSON;
  const { userHandle } = answer.response;
  const handle = Buffer.from(handleOf(accountId)).toString("base64url");
  if ((userHandle ?? handle) !== handle) return undefined;
  const verified = await unlessRefused(() =>
    verifyAuthenticationResponse({
      ...expectations(by.issuer, challenge),
      response: answer,
      // The counter is compared where it is kept, in the statement that moves it on.
      credential: { id, publicKey, counter: 0 },
    }),
  );
  if (!verified) return undefined;
  const { newCounter, credentialBackedUp } = verified.authenticationInfo;
  return { id, counter: newCounter, backedUp: credentialBackedUp };
}

/** Undefined if it is refused; otherwise the passkey that was made. */
export async function verifyNew(
  { challenge, response }: Credential,
  issuer: string,
): Promise<Omit<Passkey, "accountId"> | undefined> {
  const verified = await unlessRefused(() =>
    verifyRegistrationResponse({
      ...expectations(issuer, challenge),
      response: response as RegistrationResponseJSON,
      supportedAlgorithmIDs: algorithms,
    }),
  );
  if (!verified?.registrationInfo) return undefined;
  const { credential, credentialDeviceType, credentialBackedUp } =
    verified.registrationInfo;
  if (credential.id.length > longestId) return undefined;
  return {
    id: credential.id,
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: credential.transports ?? [],
    deviceType: credentialDeviceType,
    backedUp: credentialBackedUp,
  };
}

/** The relying party's id: passkeys are good for this host. */
export function siteOf(issuer: string): string {
  return new URL(issuer).hostname;
}

/** By which a passkey names its person to us. */
export function handleOf(accountId: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(accountId);
}

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue("no JSON");
    return z.NEVER;
  }
});

const credentialShape = json.pipe(
  z.object({
    id: z.base64url().max(1_364),
    response: z.object({
      clientDataJSON: z
        .base64url()
        .transform((text) => Buffer.from(text, "base64url").toString("utf8"))
        .pipe(json)
        .pipe(z.object({ challenge: z.string() })),
      transports: z.array(z.string().max(32)).max(8).optional(),
    }),
  }),
);

/** The library throws for everything that it finds wrong. */
async function unlessRefused<Verified extends { readonly verified: boolean }>(
  verify: () => Promise<Verified>,
): Promise<Verified | undefined> {
  const result = await verify().catch(() => undefined);
  return result?.verified ? result : undefined;
}

function expectations(issuer: string, expectedChallenge: string) {
  return {
    expectedChallenge,
    expectedOrigin: new URL(issuer).origin,
    expectedRPID: siteOf(issuer),
  };
}
