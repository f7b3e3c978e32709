import { join } from "node:path";
import { type Requirement, scopeDescriptions } from "@hr/access";
import { registrations } from "@hr/auth/registry";
import { checkClient } from "./check-client.ts";
import { CliError } from "./cli-error.ts";
import { type OperationNeeds, needsOf } from "./operation-needs.ts";
import { type Graph, readGraph } from "./read-graph.ts";
import { readOperations } from "./read-operations.ts";
import { scopeOpens } from "./scope-opens.ts";
import {
  checkText,
  needsText,
  openedText,
  reachersText,
  vocabularyText,
} from "./scopes-text.ts";
import { checkout } from "./services.ts";
import { whoReaches } from "./who-reaches.ts";

export type ScopesOptions = {
  readonly manifest?: string;
  readonly supergraph?: string;
  readonly machine?: true;
  readonly check?: true;
  readonly client?: string;
  readonly who?: string;
  readonly reverse?: string;
  readonly json?: true;
};

/** What is asked, checked for sense; a string says what is wrong with the usage. */
export type ScopesQuestion =
  | { readonly kind: "vocabulary" }
  | { readonly kind: "who"; readonly coordinate: string }
  | { readonly kind: "reverse"; readonly scope: string }
  | { readonly kind: "needs"; readonly machine: boolean }
  | { readonly kind: "check"; readonly client: Registration };
