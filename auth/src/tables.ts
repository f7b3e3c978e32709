import type { AdapterPayload } from "oidc-provider";
import type { JSONWebKeySet } from "jose";
import type { Generated, GeneratedAlways, JSONColumnType } from "kysely";

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
    readonly signed_out_at: Generated<Date | null>;
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
    /** When it came to its state. */
    readonly since: Generated<Date>;
  };
  readonly passkey: {
    /** Credential id, base64url. */
    readonly id: string;
    readonly account_id: string;
    /** In COSE. */
    readonly public_key: Buffer;
    readonly counter: number;
    readonly transports: readonly string[];
    readonly device_type: "singleDevice" | "multiDevice";
    readonly backed_up: boolean;
    readonly created_at: Generated<Date>;
    readonly last_used_at: Date | null;
  };
  readonly passkey_challenge: {
    /** The only one it is good for. */
    readonly interaction: string;
    readonly digest: string;
    readonly expires_at: Date;
  };
  readonly client: {
    readonly id: string;
    readonly name: string;
    readonly kind: "browser" | "native" | "partner" | "machine";
    readonly scopes: readonly string[];
    readonly redirect_uris: readonly string[];
    readonly post_logout_redirect_uris: readonly string[];
    readonly secret_digest: string | null;
    readonly jwks: JSONColumnType<JSONWebKeySet> | null;
    readonly pushed_requests_only: boolean;
    readonly created_at: Generated<Date>;
    readonly disabled_at: Date | null;
  };
  readonly denied: {
    readonly seq: GeneratedAlways<number>;
    readonly kind: "jti" | "gid" | "sub";
    readonly value: string;
    readonly before: Date | null;
    readonly until: Date;
  };
  readonly oidc_record: {
    readonly model: string;
    readonly id: string;
    readonly payload: JSONColumnType<AdapterPayload>;
    readonly grant_id: string | null;
    readonly session_uid: string | null;
    /** Keyed digest of a device flow's user code. */
    readonly user_code: string | null;
    readonly sealed_id: Buffer | null;
    readonly uses: Generated<number>;
    readonly consumed_at: Generated<Date | null>;
    readonly expires_at: Date;
  };
};
