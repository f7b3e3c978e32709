import { Suspense, lazy, useSyncExternalStore } from "react";
import type { ExplorerConfig } from "./config.ts";
import { IdentityBar } from "./identity-bar.tsx";
import type { Session } from "./session.ts";
import { SignIn } from "./sign-in.tsx";

/** Loads Monaco, so only once somebody is signed in. */
export const loadEditor = () => import("./editor.tsx");

const Editor = lazy(async () => ({ default: (await loadEditor()).Editor }));

/** The page: a bar that says who is asking, and GraphiQL below it. */
export function Explorer(props: {
  readonly config: ExplorerConfig;
  readonly session: Session;
}) {
  const { config, session } = props;
  const state = useSyncExternalStore(session.subscribe, session.state);
  const signIn = (login?: string) => void session.signIn(login);
  return (
    <>
      <header>
        <h1>HR Explorer</h1>
        {state.kind === "signed-in" && (
          <IdentityBar identity={state.identity} />
        )}
        {state.kind !== "signed-out" && (
          <SignIn
            personas={config.personas}
            signIn={signIn}
            {...(state.kind === "ended" && { label: "Sign in again" })}
          />
        )}
        {state.kind === "signed-in" && (
          <button type="button" onClick={() => void session.signOut()}>
            Sign out
          </button>
        )}
      </header>
      {state.problem !== undefined && <Alert text={state.problem} />}
      {state.kind === "ended" && (
        <Alert
          text={`The sign-in of ${state.identity.name} has ended. Your operations are kept.`}
        />
      )}
      <main>
        {state.kind === "signed-out" ? (
          <section className="welcome">
            <h2>Sign in to ask the graph</h2>
            <p>
              Every field has a scope. The explorer asks with your token, so you
              see what your role allows, and the reason where it does not.
            </p>
            <SignIn
              personas={config.personas}
              signIn={signIn}
              label="Sign in"
            />
          </section>
        ) : (
          <Suspense fallback={<p className="loading">Loading the editor …</p>}>
            <Editor
              key={state.identity.subject}
              graphql={config.graphql}
              source={session}
            />
          </Suspense>
        )}
      </main>
    </>
  );
}

export function Alert({ text }: { readonly text: string }) {
  return (
    <p className="alert" role="alert">
      {text}
    </p>
  );
}
