/** Where a test stands, and the words its name begins with: `gateway/holes/names: …`. */
export type Proof = string;

export type HoleClass = {
  readonly number: number;
  readonly hole: string;
  /** Public advisories and reports of the same fault elsewhere, as they stand in the names of the tests. */
  readonly references?: string;
  /** Shown closed by these, or the reason why there is nothing to show. */
  readonly gateway: readonly Proof[] | string;
  readonly subgraph: readonly Proof[] | string;
  /** Why there is no guard to take out; otherwise a mutant does. */
  readonly unguarded?: string;
};

/** Every class of ways around an authorization like this one, found here or elsewhere. */
export const classes: readonly HoleClass[] = [
  {
    number: 1,
    hole: "implementations stricter than their interface",
    references: "CVE-2025-64173 / GHSA-x33c-7c2v-mrj9",
    gateway: [
      "gateway/holes/interfaces: an implementation stricter than its interface denies the interface's selection",
    ],
    subgraph: [
      "service/holes/roads: an implementation stricter than its interface is closed through the interface",
    ],
  },
  {
    number: 2,
    hole: "a directive on an interface that is not inherited",
    references: "CVE-2025-64530 / GHSA-mx7m-j9xf-62hw",
    gateway: [
      "test/holes/composition: a rule on %s, which no implementation would inherit, does not compose",
      "test/holes/composition: a rule on a field that stands for all implementations is copied to each",
      "gateway/holes/interfaces: a fragment on an implementation is judged by that type",
    ],
    subgraph: [
      "service/holes/roads: a fragment on an implementation is judged by that type",
    ],
  },
  {
    number: 3,
    hole: "renamed or un-imported directives ignored",
    references: "CVE-2025-64347 / GHSA-g8jh-vg5j-4h3f",
    gateway: [
      "gateway/holes/names: decisions are the same with the directives %s",
      "gateway/holes/loading: a link %s is refused, under any name",
      "gateway/holes/loading: a directive that only is called so is refused",
    ],
    subgraph: [
      "service/holes/start: decisions are the same with the directives %s",
    ],
  },
  {
    number: 4,
    hole: "data read through @requires or @fromContext, also in chains and with a weaker OR",
    references: "GHSA-m8jr-fxqx-8xx6",
    gateway: [
      "test/holes/composition: a field that asks for %s is not made from one that is closed",
      "test/holes/composition: an open field is not made from what is closed by %s",
      "test/holes/composition: an argument is not filled from a context that is closed",
      "gateway/holes/requires: who may not read what @requires %s fetches nothing of it",
      "gateway/holes/loading: %s for security is refused",
    ],
    subgraph: [
      "service/holes/requires: what is handed in for @requires is no reason to allow",
    ],
  },
  {
    number: 5,
    hole: "a rule looked up by an alias",
    references: "wundergraph/cosmo#1815",
    gateway: [
      "gateway/holes/names: a closed field is judged by its schema name under %s",
      "gateway/holes/names: a mutation is judged by its schema name",
    ],
    subgraph: [
      "service/holes/roads: a closed field is judged by its schema name under %s",
    ],
  },
  {
    number: 6,
    hole: "a decision or plan made for another caller",
    references: "GHSA-hx78-272p-mqqh",
    gateway: [
      "gateway/holes/callers: nobody is answered by another caller's decision or plan: %s, %s",
      "gateway/holes/callers: a hash alone runs what its sender may see",
      "gateway/generations: fifty callers at once",
    ],
    subgraph: [
      "service/holes/callers: nobody is answered by another caller's decision: %s, %s",
      "service/holes/callers: a policy is decided anew for each request of one token",
      "service/holes/roads: nobody is answered by another caller's decision: %s",
    ],
  },
  {
    number: 7,
    hole: "a change of scopes alone that is not applied",
    gateway: [
      "gateway/generations: a change of scopes alone takes effect with the update",
      "gateway/gateway: a change of scopes alone takes effect, and a broken file leaves the last good one in force",
    ],
    subgraph:
      "A subgraph reads its policy when it starts and at no other time; an outdated one keeps it from starting (16).",
  },
  {
    number: 8,
    hole: "malformed scopes taken for public",
    references: "apollographql/federation#2744",
    gateway: [
      "gateway/holes/loading: malformed scopes are not public",
      "gateway/holes/loading: %s keeps the gateway from starting",
      "gateway/holes/loading: %s in a new file is refused, and the last good rules stay",
      "gateway/generations: a supergraph that is not usable",
      "test/holes/composition: scopes: %s do not compose, and the coordinate is named",
    ],
    subgraph: [
      "service/holes/start: %s in the schema is not public",
      "service/holes/start: %j in the composed policy is not public",
    ],
  },
  {
    number: 9,
    hole: "a directive that is silently not composed",
    gateway: [
      "test/holes/composition: a subgraph %s does not compose, rather than without its rules",
      "gateway/holes/loading: a rule that is lost on the way to the gateway is not taken for none",
    ],
    subgraph: [
      "service/holes/start: a rule that %s would compose to nothing, so the subgraph does not start",
    ],
  },
  {
    number: 10,
    hole: "return types unchecked: scalar, enum, object, an implementation's narrower type",
    gateway: [
      "gateway/holes/returns: a field is closed by $kind it returns $shape, by itself and through an interface",
      "gateway/holes/interfaces: an implementation's narrower return type is judged through the interface",
    ],
    subgraph: [
      "service/holes/roads: a field is closed by %s it returns",
      "service/holes/roads: an implementation's narrower return type is judged through the interface",
    ],
  },
  {
    number: 11,
    hole: "a type's rule reached another way",
    gateway: [
      "gateway/holes/interfaces: a closed type is not reached by way of %s, however it is wrapped",
      "gateway/holes/interfaces: a root type that is closed closes each of its fields",
      "gateway/holes/interfaces: entities cannot be asked for by their keys",
    ],
    subgraph: [
      "service/holes/roads: a closed type is not reached by way of %s, however it is wrapped",
    ],
  },
  {
    number: 12,
    hole: "writes filtered after the fact",
    gateway: [
      "gateway/holes/callers: a mutation that is denied %s is never called",
    ],
    subgraph: [
      "service/holes/roads: a mutation that is denied %s is never called",
    ],
  },
  {
    number: 13,
    hole: "prototype pollution by an alias, a variable or a JSON key",
    references: "CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh",
    gateway: [
      "gateway/holes/json: a prototype in a subgraph's answer, %s, is not read and poisons nothing",
      "gateway/holes/json: %s as a JSON key, variable, operation or fragment of a request opens nothing",
      "gateway/response-keys: any name is good for an alias",
    ],
    subgraph: [
      "service/holes/callers: %s as an alias or a key opens nothing",
      "service/holes/start: what every object inherits is no entry of a policy",
      "service/holes/start: what every object inherits is no subject of a row",
    ],
  },
  {
    number: 14,
    hole: "exhaustion before the decision",
    references:
      "GHSA-q2f9-x4p4-7xmh, GHSA-p2q6-pwh5-m6jr, CVE-2024-43414, CVE-2025-32030 to -32034, CVE-2025-32380, CVE-2025-31496",
    gateway: [
      "gateway/holes/exhaustion: %s are refused before anything is expanded, planned or asked",
      "gateway/gateway: fragments that grow exponentially are refused at once",
      "test/holes/composition: more than 64 alternatives do not compose, written or multiplied",
    ],
    subgraph: [
      "service/start-subgraph: more than 1,000 representations are refused",
      "service/holes/start: more than 64 alternatives keep a subgraph from starting",
    ],
  },
  {
    number: 15,
    hole: "cross-site requests where cookies authenticate",
    references: "GHSA-hff2-gcpx-8f4p",
    gateway: [
      "gateway/holes/credentials: what any page can make a browser send runs nothing: %s as %s",
      "gateway/holes/credentials: GET runs queries alone",
      "gateway/holes/credentials: a cookie is no credential",
    ],
    subgraph: [
      "service/holes/doors: what any page can make a browser send runs nothing: %s as %s",
      "service/holes/doors: a cookie is no credential",
    ],
  },
  {
    number: 16,
    hole: "switches that fail open",
    gateway: [
      "gateway/holes/credentials: without %s there is no gateway, rather than one that asks nobody",
      "gateway/holes/credentials: a token that cannot be proved opens nothing",
      "gateway/holes/credentials: a caller without a token is nobody",
      "gateway/holes/both-locks: while the gateway runs dry the subgraphs go on refusing",
      "gateway/enforcement: holds for nobody when its evaluator fails",
      "gateway/enforcement: keeps the gateway from starting when %s",
    ],
    subgraph: [
      "service/holes/start: a subgraph does not start with a policy that is outdated: it %s",
      "service/holes/start: a subgraph does not start with a policy that %s",
      "service/holes/start: a subgraph does not start with policies nobody decides",
      "service/holes/callers: an evaluator that fails grants nothing",
      "service/holes/callers: a reporting line that does not answer puts everybody out of reach",
    ],
  },
  {
    number: 17,
    hole: "unsigned claims forwarded",
    gateway: [
      "gateway/holes/credentials: what a caller says about itself beside its token is not heard",
      "gateway/gateway: sends a subgraph nothing of the client's headers but language and request id",
    ],
    subgraph: [
      "service/holes/doors: what stands beside the token is not heard",
    ],
    unguarded: "Nothing reads them, so there is no guard to take out.",
  },
  {
    number: 18,
    hole: "a subgraph reached directly, forged representations, _service",
    gateway: [
      "gateway/holes/interfaces: entities cannot be asked for by their keys",
    ],
    subgraph: [
      "service/holes/doors: %s is asked around the gateway in vain",
      "service/holes/doors: the SDL is not handed out, not even to the gateway",
      "service/holes/doors: a representation of %s is refused",
      "service/holes/start: a subgraph does not start with an entity whose representation would be believed",
      "test/guard-sweep: answers nothing to a request with anybody else's token, or none",
    ],
  },
  {
    number: 19,
    hole: "a requirement declared elsewhere",
    gateway: [
      "gateway/holes/both-locks: a gateway tells each subgraph the scopes that others declared for it",
    ],
    subgraph: [
      "gateway/holes/both-locks: %s that another subgraph closes is closed where nothing says so",
      "gateway/holes/both-locks: a type that another subgraph closes is closed where nothing says so",
      "service/holes/start: what another subgraph asks for is asked here too",
      "test/guard-sweep: is closed there to who holds every other scope, open with them all",
    ],
  },
  {
    number: 20,
    hole: "an alias or argument that merges with an internal selection",
    references:
      "apollographql/router#6222, apollographql/federation#2276, #2996",
    gateway: [
      "gateway/holes/aliases: an alias that names a hidden field shows its own value",
      "gateway/holes/aliases: a client's arguments beside those of @requires change neither",
      "gateway/response-keys: a client's alias never meets what the planner adds",
      "gateway/response-keys: a client's arguments never become those of @requires",
      "gateway/response-keys: a supergraph that has a field with the prefix of internal keys",
      "gateway/renaming.metamorphic: a renamed leaf changes its own key and nothing else",
    ],
    subgraph: "A subgraph plans nothing: it adds no selection to a client's.",
  },
  {
    number: 21,
    hole: "a scope satisfied for the wrong row",
    references: "GHSA-mpw3-7c6v-vfjp",
    gateway: [
      "test/persona-matrix: opens to ",
      "test/holes/composition: a rule that %s does not compose",
    ],
    subgraph: [
      "service/holes/rows: $coordinate is open with $words, reached $road, for the rows of its reach alone",
      "service/holes/rows: a row out of reach says so and nothing else",
      "test/guard-sweep: with $words is open for the rows in reach of it alone",
    ],
  },
  {
    number: 22,
    hole: "topology and rules in errors or the explorer",
    gateway: [
      "gateway/holes/reticence: %s tells nothing of how the graph is made",
      "gateway/holes/reticence: the header %s tells no plan",
      "gateway/holes/reticence: introspection shows nothing hidden",
      "gateway/enforcement: with minimal detail a denial leaves code and path, in the body and in the challenge",
    ],
    subgraph: [
      "service/start-subgraph: an unexpected error is masked",
      "service/holes/doors: the SDL is not handed out, not even to the gateway",
    ],
  },
  {
    number: 23,
    hole: "a request that straddles a reload",
    gateway: [
      "gateway/generations: a request that is validated before an update and runs after it",
      "gateway/generations: a request that is under way while two updates come",
    ],
    subgraph: "A subgraph serves one schema from its start to its end.",
  },
];

/** What is malformed is refused with the place of it, and nothing else is affected. */
export const badInput: Readonly<Record<string, readonly Proof[]>> = {
  "malformed or absent scopes": [
    "gateway/holes/loading: %s keeps the gateway from starting",
    "test/holes/composition: scopes: %s do not compose, and the coordinate is named",
  ],
  "unknown features for security": [
    "gateway/holes/loading: %s for security is refused",
  ],
  "locally defined directives": [
    "test/holes/composition: a subgraph %s does not compose, rather than without its rules",
    "service/holes/start: a rule that %s would compose to nothing, so the subgraph does not start",
  ],
  "scopes outside the vocabulary": [
    "test/composition: a scope that is not in the vocabulary",
  ],
  "10,000 selections, fragments nested deeply": [
    "gateway/holes/exhaustion: %s are refused before anything is expanded, planned or asked",
    "gateway/holes/exhaustion: %s are answered",
  ],
  "__proto__ as an alias": [
    "gateway/response-keys: any name is good for an alias",
    "service/holes/callers: %s as an alias or a key opens nothing",
  ],
  "__proto__ as a variable": [
    "gateway/holes/json: a variable named %s is a variable like any other",
  ],
  "__proto__ as a JSON key": [
    "gateway/holes/json: %s as a JSON key, variable, operation or fragment of a request opens nothing",
    "gateway/holes/json: %s is no field of an input",
  ],
};
