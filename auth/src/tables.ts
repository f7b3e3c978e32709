import type { AdapterPayload } from "oidc-provider";
import type { Generated, JSONColumnType } from "kysely";

/** The auth database, as `migrations/` leaves it. */
export type AuthTables = {
  readonly account: {
    readonly id: string;
    readonly sign_in: string;
    readonly password_hash: string;
    readonly display_name: string;
    readonly role: string;
    readonly employee_id: string | null;
    readonly disabled_at: Date | null;
  };
  readonly sign_in_attempt: {
    readonly key: string;
    readonly failures: number;
    readonly counted_since: Generated<Date>;
    readonly locked_until: Generated<Date>;
  };
  readonly signing_key: {
    readonly kid: string;
    readonly algorithm: string;
    readonly state: "pending" | "active" | "retired";
    readonly sealed_private_jwk: Buffer;
    readonly created_at: Generated<Date>;
  };
  readonly oidc_record: {
    readonly model: string;
    readonly id: string;
    readonly payload: JSONColumnType<AdapterPayload>;
    readonly grant_id: string | null;
    readonly session_uid: string | null;
    readonly uses: Generated<number>;
    readonly consumed_at: Generated<Date | null>;
    readonly expires_at: Date;
  };
};
