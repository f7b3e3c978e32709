import { type SubmitEvent, useId } from "react";
import type { Persona } from "./config.ts";

/** The issuer's own sign-in, and in development a choice of people who start it. */
export function SignIn(props: {
  readonly personas: readonly Persona[] | null;
  readonly signIn: (login?: string) => void;
  /** On the button of the ordinary sign-in; none leaves that button out. */
  readonly label?: string;
}) {
  const { personas, signIn, label } = props;
  return (
    <>
      {label !== undefined && (
        <button className="main" type="button" onClick={() => signIn()}>
          {label}
        </button>
      )}
      {personas !== null && personas.length > 0 && (
        <PersonaPicker personas={personas} signIn={signIn} />
      )}
    </>
  );
}

function PersonaPicker(props: {
  readonly personas: readonly Persona[];
  readonly signIn: (login: string) => void;
}) {
  const id = useId();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const login = new FormData(event.currentTarget).get("login");
    if (typeof login === "string") props.signIn(login);
  };
  return (
    <form className="personas" onSubmit={submit}>
      <label htmlFor={id}>
        Sign in as <span className="soft">(development)</span>
      </label>
      <select id={id} name="login">
        {props.personas.map(({ login, label }) => (
          <option key={login} value={login}>
            {label}
          </option>
        ))}
      </select>
      <button type="submit">Go</button>
    </form>
  );
}
