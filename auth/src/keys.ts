import { ConfigError } from "@hr/service/config";
import {
  type KeyStage,
  type StagedKey,
  dropKey,
  isRotationDue,
  rotateKeys,
  unexpiredKeys,
} from "@hr/tokens";
import {
  type JWK,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
} from "jose";
import type { Kysely } from "kysely";
import { type SealedKey, changeKeys, readKeys } from "./keys.repository.ts";
import { createSealer } from "./sealing.ts";
import type { AuthTables } from "./tables.ts";

/**
 * The keys tokens are signed with, in the database that all instances share: `kid` is
 * the RFC 7638 thumbprint, the private half is sealed with AES-256-GCM. Each method
 * throws ConfigError if KEY_ENCRYPTION_KEY is not the one they were sealed under, and
 * changes nothing then.
 */
export type SigningKeys = {
  /**
   * The active key, then the pending and the retired ones. Makes the first; also does
   * what time has brought: after `rotationDays` (0: never) a rotation, and retired
   * keys are deleted after 24 h.
   */
  open(rotationDays: number): Promise<readonly JWK[]>;
  /** @throws KeyOrderError within 15 minutes of the pending key's publication, unless forced */
  rotate(options?: { readonly force?: boolean }): Promise<void>;
  /**
   * Takes a key out at once; an active one is replaced by the pending one.
   * @throws KeyOrderError as `rotate` does, or when there is no such key
   */
  drop(kid: string, options?: { readonly force?: boolean }): Promise<void>;
};

const algorithm = "ES256";

export function createSigningKeys(
  database: Kysely<AuthTables>,
  keyEncryptionKey: string,
): SigningKeys {
  const sealer = createSealer(keyEncryptionKey, "hr auth signing key");

  async function make(stage: KeyStage, since: number): Promise<SealedKey> {
    const { kid, text } = await generateKey();
    return { kid, stage, since, sealedPrivateJwk: sealer.seal(text, kid) };
  }

  function unseal({ kid, sealedPrivateJwk }: SealedKey): JWK {
    try {
      return JSON.parse(sealer.unseal(sealedPrivateJwk, kid)) as JWK;
    } catch {
      throw new ConfigError(
        "KEY_ENCRYPTION_KEY is not the one the signing keys in the database were sealed under: set the one used before.",
      );
    }
  }

  /** What this key cannot open is never put beside what it seals. */
  function change(
    step: (
      keys: readonly SealedKey[],
      now: number,
    ) => Promise<readonly SealedKey[]>,
  ): Promise<readonly SealedKey[]> {
    return changeKeys(database, async (keys, now) => {
      const changed = await step(keys, now);
      changed.forEach(unseal);
      return changed;
    });
  }

  return {
    async open(rotationDays) {
      const kept = await change(async (keys, now) => {
        const made = missingStages(keys).map((stage) => make(stage, now));
        if (made.length > 0) return [...keys, ...(await Promise.all(made))];
        if (!isRotationDue(keys, rotationDays, now))
          return unexpiredKeys(keys, now);
        return rotateKeys(keys, { fresh: await make("pending", now), now });
      });
      return kept.map(unseal);
    },
    async rotate(options = {}) {
      await change(async (keys, now) =>
        rotateKeys(keys, {
          ...options,
          fresh: await make("pending", now),
          now,
        }),
      );
    },
    async drop(kid, options = {}) {
      await change(async (keys, now) =>
        dropKey(keys, kid, {
          ...options,
          fresh: await make("pending", now),
          now,
        }),
      );
    },
  };
}

/** For whoever administers them: no part of the keys themselves. */
export async function listSigningKeys(
  database: Kysely<AuthTables>,
): Promise<readonly StagedKey[]> {
  const keys = await readKeys(database);
  return keys.map(({ kid, stage, since }) => ({ kid, stage, since }));
}

function missingStages(keys: readonly StagedKey[]): readonly KeyStage[] {
  return (["active", "pending"] as const).filter((wanted) =>
    keys.every(({ stage }) => stage !== wanted),
  );
}

async function generateKey(): Promise<{ kid: string; text: string }> {
  const { privateKey } = await generateKeyPair(algorithm, {
    extractable: true,
  });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const text = JSON.stringify({ ...jwk, kid, alg: algorithm, use: "sig" });
  return { kid, text };
}
