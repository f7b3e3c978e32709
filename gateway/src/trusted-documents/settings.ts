import { ConfigError } from "@hr/service";
import { z } from "zod";

/** Whether only documents of a manifest are run, and where it is. */
export type TrustedDocumentsSettings =
  | { readonly mode: "off" }
  | {
      /** `required` runs no other document; `preferred` runs them too. */
      readonly mode: "preferred" | "required";
      /** Path of a manifest in Apollo's format. */
      readonly file: string;
    };

export const trustedDocumentsVariables = {
  TRUSTED_DOCUMENTS: z
    .enum(["off", "preferred", "required"], {
      error: "give off, preferred or required",
    })
    .default("off"),
  TRUSTED_DOCUMENTS_FILE: z.string().optional(),
};

/**
 * The file may stay named while they are off.
 * @throws ConfigError when it is missing otherwise.
 */
export function readTrustedDocuments({
  TRUSTED_DOCUMENTS: mode,
  TRUSTED_DOCUMENTS_FILE: file,
}: z.output<
  z.ZodObject<typeof trustedDocumentsVariables>
>): TrustedDocumentsSettings {
  if (mode === "off") return { mode };
  if (file !== undefined) return { mode, file };
  throw new ConfigError(
    `The environment is not usable.\n  TRUSTED_DOCUMENTS_FILE is missing: TRUSTED_DOCUMENTS=${mode} needs the path of a manifest; npx hr documents writes one`,
  );
}
