import { type Scope, allScopes, reachOf } from "@hr/access";
import { type Html, html } from "./html.ts";
import type { Words } from "./words.en.ts";

/** What a client gets or asks for, in sentences, by whom it concerns and what it does. */
export function scopeList(words: Words, names: readonly string[]): Html {
  const scopes = allScopes.filter((scope) => names.includes(scope));
  const groups = (["own", "see", "act"] as const).map((reach) => ({
    title: words.reach[reach],
    scopes: scopes.filter((scope) => groupOf(scope) === reach),
  }));
  return html`${groups
    .filter(({ scopes }) => scopes.length > 0)
    .map(({ title, scopes }) => group(words, title, scopes))}`;
}

function groupOf(scope: Scope): keyof Words["reach"] {
  if (reachOf(scope) === "self") return "own";
  return scope.split(":").includes("read") ? "see" : "act";
}

function group(words: Words, title: string, scopes: readonly Scope[]): Html {
  const items = scopes.map(
    (scope) => html`<li>${words.scopes[scope]} <code>${scope}</code></li>`,
  );
  return html`<h2>${title}</h2>
    <ul class="scopes">
      ${items}
    </ul>`;
}
