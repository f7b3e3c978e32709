import {
  type InternalKeys,
  openInternalKeys,
  tendInternalKeys,
} from "./internal-keys.ts";

/** What is in the file now, not when it was opened. */
export type LiveInternalKeys = InternalKeys & { close(): void };

export type FollowOptions = {
  /** Make the file if it is missing. */
  readonly create?: boolean;
  /** Days a key signs before the next one does; 0: until somebody rotates. */
  readonly rotationDays: number;
  /** Told what is wrong with the file; the keys known before stay in force. */
  readonly onFault: (error: unknown) => void;
  /** Default one minute. */
  readonly everyMs?: number;
};

/**
 * Opens the key file and reads it again each minute, so that a rotation needs no
 * restart; rotates by itself when it is time. Holds one unreferenced timer until closed.
 * @throws Error saying what is wrong with the file.
 */
export async function followInternalKeys(
  file: string,
  { create = false, rotationDays, onFault, everyMs = 60_000 }: FollowOptions,
): Promise<LiveInternalKeys> {
  let held = await openInternalKeys(file, { create });
  let turning: Promise<void> | undefined;
  const turn = async () => {
    held = await openInternalKeys(file);
    await tendInternalKeys(file, { rotationDays });
  };
  const timer = setInterval(() => {
    turning ??= turn()
      .catch(onFault)
      .finally(() => (turning = undefined));
  }, everyMs).unref();
  return {
    get kid() {
      return held.kid;
    },
    get privateKey() {
      return held.privateKey;
    },
    get jwks() {
      return held.jwks;
    },
    close: () => clearInterval(timer),
  };
}
