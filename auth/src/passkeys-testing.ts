import {
  type KeyObject,
  createHash,
  generateKeyPairSync,
  randomBytes,
  sign,
} from "node:crypto";
import type {
  AuthenticationResponseJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import { isoCBOR } from "@simplewebauthn/server/helpers";
import {
  type Answer,
  type Browser,
  type TestAuth,
  authorizationRequest,
  openBrowser,
} from "./testing.ts";

/** Holds the key of one passkey, and says what it is told to. */
export type Device = {
  readonly id: string;
  make(options: MakingOptions, lies?: Lies): RegistrationResponseJSON;
  use(
    options: { readonly challenge: string },
    lies?: Lies,
  ): AuthenticationResponseJSON;
};

/** What a device reads of the options. */
export type MakingOptions = {
  readonly challenge: string;
  readonly user: { readonly id: string };
};

/** What an honest device and browser would not say. */
export type Lies = {
  /** In what is signed. */
  readonly said?: Readonly<Record<string, string>>;
  readonly rpId?: string;
  readonly verified?: boolean;
  readonly present?: boolean;
  readonly counter?: number;
  /** Which is no lie for some: it may be copied to other devices, and was. */
  readonly synced?: boolean;
  readonly userHandle?: string;
  /** In place of the answer. */
  readonly signs?: string;
};

const present = 0x01;
const verified = 0x04;
const syncable = 0x08;
const synced = 0x10;
const withKey = 0x40;

/** A security key in software, for the site of the issuer (Web Authentication, section 6). */
export function createDevice(issuer: string): Device {
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
  });
  const credentialId = randomBytes(16);
  const id = credentialId.toString("base64url");
  let counter = 0;
  let userHandle = "";

  function clientData(type: string, challenge: string, lies: Lies): Buffer {
    const { origin } = new URL(issuer);
    const said = { type, challenge, origin, crossOrigin: false };
    return Buffer.from(JSON.stringify({ ...said, ...lies.said }));
  }

  function state(extra: number, lies: Lies): Buffer {
    const site = lies.rpId ?? new URL(issuer).hostname;
    const flags =
      extra |
      (lies.present === false ? 0 : present) |
      (lies.verified === false ? 0 : verified) |
      (lies.synced ? syncable | synced : 0);
    const count = Buffer.alloc(4);
    counter = lies.counter ?? counter + 1;
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(site), Buffer.from([flags]), count]);
  }

  return {
    id,
    make(options, lies = {}) {
      userHandle = options.user.id;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credentialId.length);
      const aaguid = Buffer.alloc(16);
      const authData = Buffer.concat([
        ...[state(withKey, lies), aaguid, length, credentialId],
        coseOf(publicKey),
      ]);
      const attestation = new Map<string, unknown>([
        ["fmt", "none"],
        ["attStmt", new Map()],
        ["authData", new Uint8Array(authData)],
      ]);
      const said = clientData("webauthn.create", options.challenge, lies);
      return {
        ...{ id, rawId: id, type: "public-key", clientExtensionResults: {} },
        response: {
          clientDataJSON: said.toString("base64url"),
          attestationObject: encoded(attestation).toString("base64url"),
          transports: ["internal"],
        },
      };
    },
    use(options, lies = {}) {
      const said = clientData("webauthn.get", options.challenge, lies);
      const authData = state(0, lies);
      const signed = lies.signs
        ? Buffer.from(lies.signs)
        : Buffer.concat([authData, sha256(said)]);
      return {
        ...{ id, rawId: id, type: "public-key", clientExtensionResults: {} },
        response: {
          clientDataJSON: said.toString("base64url"),
          authenticatorData: authData.toString("base64url"),
          signature: sign("sha256", signed, privateKey).toString("base64url"),
          userHandle: lies.userHandle ?? userHandle,
        },
      };
    },
  };
}

/** A browser at a page, in the middle of an authorization request. */
export type Place = {
  readonly browser: Browser;
  /** Of the page; forms post below it. */
  readonly url: string;
  readonly answer: Answer | null;
  readonly verifier: string;
};

export async function openRequest(
  { issuer }: TestAuth,
  params: Readonly<Record<string, string>> = {},
  browser: Browser = openBrowser(issuer),
): Promise<Place> {
  const request = authorizationRequest(issuer, params);
  const { url, answer } = await browser.follow(request.url);
  const { verifier } = request;
  return { browser, url: url.href, answer, verifier };
}

/** Posts a form, and follows where that leads. */
export async function post(
  place: Place,
  step: string,
  form: Readonly<Record<string, string>> = {},
): Promise<Place> {
  const answer = await place.browser.post(`${place.url}/${step}`, form);
  const location = answer.headers.get("location");
  if (location === null) return { ...place, answer };
  const here = await place.browser.follow(new URL(location, place.url));
  return { ...place, url: here.url.href, answer: here.answer };
}

export function enterPassword(place: Place, login: string): Promise<Place> {
  return post(place, "login", { sign_in: login, password: "demo" });
}

/** @param step `passkey` on the sign-in page, `use` behind it */
export function usePasskey(
  place: Place,
  step: "passkey" | "use",
  device: Device,
  lies?: Lies,
): Promise<Place> {
  const used = device.use(optionsOf(place.answer), lies);
  return post(place, step, { credential: JSON.stringify(used) });
}

export function addPasskey(
  place: Place,
  device: Device,
  lies?: Lies,
): Promise<Place> {
  const made = device.make(optionsOf(place.answer), lies);
  return post(place, "add", { credential: JSON.stringify(made) });
}

/** Adds somebody's first passkey, by a client that asks for one. */
export async function enrol(
  auth: TestAuth,
  login: string,
  device: Device,
): Promise<Place> {
  const start = await openRequest(auth, { acr_values: passkeyAcr });
  const first = await enterPassword(start, login);
  return usePasskey(await addPasskey(first, device), "use", device);
}

export const passkeyAcr = "urn:hr:acr:passkey";

export function headingOf({ answer }: Place): string | undefined {
  return /<h1>([^<]*)<\/h1>/.exec(answer?.text ?? "")?.[1];
}

export function hasCode(place: Place): boolean {
  return outcomeOf(place).has("code");
}

/** What the client is told in the end. */
export function outcomeOf({ url }: Place): URLSearchParams {
  return new URL(url).searchParams;
}

/** The options a page has for `navigator.credentials`. */
export function optionsOf<Options>(answer: Answer | null): Options {
  const [, attribute] = /data-options="([^"]*)"/.exec(answer?.text ?? "") ?? [];
  if (attribute === undefined) throw new Error("the page asks for no passkey");
  const text = attribute.replace(/&#(\d+);/g, (_, code: string) =>
    String.fromCharCode(Number(code)),
  );
  return JSON.parse(text) as Options;
}

function sha256(data: string | Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}

function coseOf(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return encoded(
    new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x, "base64url"))],
      [-3, new Uint8Array(Buffer.from(y, "base64url"))],
    ]),
  );
}

function encoded(map: Map<string | number, unknown>): Buffer {
  return Buffer.from(
    isoCBOR.encode(map as Parameters<typeof isoCBOR.encode>[0]),
  );
}
