import type { Admitted, AskedOverHttp, BodyFault } from "@hr/service";
import { readNaming, withText } from "./client-request.ts";
import { type Manifest, sha256 } from "./manifest.ts";

export type Admission = Admitted | BodyFault;

export type Trust = {
  readonly mode: "preferred" | "required";
  readonly manifest: Manifest;
};

/**
 * Puts the text of a trusted document in the place of its id, so that Apollo Server
 * sees an ordinary request. With `required` nothing passes that would have it run
 * any other text. Pure; what runs nothing anyhow is left for Apollo Server to refuse.
 */
export function admit(
  request: AskedOverHttp,
  { mode, manifest }: Trust,
): Admission {
  const { method, search, body } = request;
  const asItCame: Admission = { kind: "admitted", search, body };
  if (method !== "GET" && method !== "POST") return asItCame;
  const naming = readNaming(request);
  if (naming.kind === "fault") return naming;
  const { text, documentId, hash } = naming;
  const isTrusted = text !== undefined && manifest.holds(text);
  if (mode === "required" && text !== undefined && !isTrusted)
    return notTrusted;
  const ids = [documentId, hash].filter((id) => id !== undefined);
  if (ids.length === 0) return asItCame;
  if (text !== undefined) {
    if (!ids.every((id) => isNameOf(id, text, manifest))) return misfit;
    return isTrusted ? named(request, text) : asItCame;
  }
  const [found, ...others] = ids.map((id) => manifest.textOf(id));
  if (found === undefined) {
    if (documentId !== undefined) return unknownDocument;
    // Apollo Server may know it: clients register documents there.
    return mode === "preferred" ? asItCame : unknownHash;
  }
  return others.every((other) => other === found)
    ? named(request, found)
    : misfit;
}

function isNameOf(id: string, text: string, manifest: Manifest): boolean {
  const known = manifest.textOf(id);
  if (known !== undefined) return known === text;
  return id.replace(/^sha256:/, "") === sha256(text);
}

function named(request: AskedOverHttp, text: string): Admission {
  return { kind: "admitted", ...withText(request, text) };
}

// No 403: nobody may run it, and clients sign in again upon one.
const notTrusted: BodyFault = {
  kind: "fault",
  status: 400,
  code: "DOCUMENT_NOT_TRUSTED",
  message:
    "Only documents of this gateway's manifest are run, and this is none of them.",
};

const misfit: BodyFault = {
  kind: "fault",
  status: 400,
  code: "BAD_REQUEST",
  message:
    "The request names one document and holds or names another: send one of the two.",
};

const unknownDocument: BodyFault = {
  kind: "fault",
  status: 400,
  code: "PERSISTED_QUERY_NOT_FOUND",
  message: "No document of this gateway's manifest has this id.",
};

/** To the letter what Apollo Server says: upon it clients send the text. */
const unknownHash: BodyFault = {
  kind: "fault",
  status: 200,
  code: "PERSISTED_QUERY_NOT_FOUND",
  message: "PersistedQueryNotFound",
};
