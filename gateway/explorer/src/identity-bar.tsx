import { useEffect, useReducer } from "react";
import type { Identity } from "./identity.ts";

/** Who is signed in, with what, and for how long. */
export function IdentityBar({ identity }: { readonly identity: Identity }) {
  const { name, subject, clientId, scopes } = identity;
  return (
    <>
      <dl className="identity">
        <dt>Signed in</dt>
        <dd>
          <strong>{name}</strong> <code>{subject}</code>
        </dd>
        <dt>Client</dt>
        <dd>
          <code>{clientId}</code>
        </dd>
        <dt>Token</dt>
        <dd>
          <TimeLeft until={identity.expiresAt} />
        </dd>
      </dl>
      <button type="button" popoverTarget="scopes">
        {scopes.length} {scopes.length === 1 ? "scope" : "scopes"}
      </button>
      <section id="scopes" popover="auto" aria-label="Scopes of this token">
        <ul>
          {scopes.map((scope) => (
            <li key={scope}>
              <code>{scope}</code>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function TimeLeft({ until }: { readonly until: number }) {
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, 5_000);
    return () => clearInterval(timer);
  }, []);
  const minutes = Math.ceil((until - Date.now() / 1000) / 60);
  return minutes > 0 ? `${minutes} min left` : "expired";
}
