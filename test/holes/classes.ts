/** A test that shows a class closed: where it stands and how its name begins. */
export type Proof = { readonly file: string; readonly test: string };

export type HoleClass = {
  readonly number: number;
  readonly hole: string;
  /** Public advisories and reports of the same fault elsewhere. */
  readonly references: readonly string[];
  /** Shown by these, or the reason why there is nothing to show. */
  readonly gateway: readonly Proof[] | string;
  readonly subgraph: readonly Proof[] | string;
  /** Why no mutant takes a guard out; by default one does. */
  readonly unguarded?: string;
};

const atGateway = (file: string, test: string): Proof => ({
  file: `gateway/src/${file}.test.ts`,
  test,
});
const atSubgraph = (file: string, test: string): Proof => ({
  file: `packages/service/src/${file}.test.ts`,
  test,
});
const across = (file: string, test: string): Proof => ({
  file: `test/${file}.test.ts`,
  test,
});

/** Every way around an authorization like this one that has been found anywhere, by our or others' count. */
export const classes: readonly HoleClass[] = [
  {
    number: 1,
    hole: "implementations stricter than their interface",
    references: ["CVE-2025-64173", "GHSA-x33c-7c2v-mrj9"],
    gateway: [
      atGateway(
        "holes/interfaces",
        "hole 1, CVE-2025-64173 / GHSA-x33c-7c2v-mrj9: an implementation stricter than its interface denies the interface's selection",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/roads",
        "hole 1, CVE-2025-64173 / GHSA-x33c-7c2v-mrj9: an implementation stricter than its interface is closed through the interface",
      ),
    ],
  },
  {
    number: 2,
    hole: "a directive on an interface that is not inherited",
    references: ["CVE-2025-64530", "GHSA-mx7m-j9xf-62hw"],
    gateway: [
      across(
        "holes/composition",
        "hole 2, CVE-2025-64530 / GHSA-mx7m-j9xf-62hw: a rule on %s, which no implementation would inherit, does not compose",
      ),
      across(
        "holes/composition",
        "hole 2, CVE-2025-64530 / GHSA-mx7m-j9xf-62hw: a rule on a field that stands for all implementations is copied to each",
      ),
      atGateway(
        "holes/interfaces",
        "hole 2, CVE-2025-64530 / GHSA-mx7m-j9xf-62hw: a fragment on an implementation is judged by that type",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/roads",
        "hole 2, CVE-2025-64530 / GHSA-mx7m-j9xf-62hw: a fragment on an implementation is judged by that type",
      ),
    ],
  },
  {
    number: 3,
    hole: "renamed or un-imported directives ignored",
    references: ["CVE-2025-64347", "GHSA-g8jh-vg5j-4h3f"],
    gateway: [
      atGateway(
        "holes/names",
        "hole 3, CVE-2025-64347 / GHSA-g8jh-vg5j-4h3f: decisions are the same with the directives %s",
      ),
      atGateway(
        "holes/loading",
        "hole 3, CVE-2025-64347 / GHSA-g8jh-vg5j-4h3f: a link %s is refused, under any name",
      ),
      atGateway(
        "holes/loading",
        "hole 3, CVE-2025-64347 / GHSA-g8jh-vg5j-4h3f: a directive that only is called so is refused",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/start",
        "hole 3, CVE-2025-64347 / GHSA-g8jh-vg5j-4h3f: decisions are the same with the directives %s",
      ),
    ],
  },
  {
    number: 4,
    hole: "data read through @requires or @fromContext, also in chains and with a weaker OR",
    references: ["GHSA-m8jr-fxqx-8xx6"],
    gateway: [
      across(
        "holes/composition",
        "hole 4, GHSA-m8jr-fxqx-8xx6: a field that asks for %s is not made from one that is closed",
      ),
      across(
        "holes/composition",
        "hole 4, GHSA-m8jr-fxqx-8xx6: an open field is not made from what is closed by %s",
      ),
      across(
        "holes/composition",
        "hole 4, GHSA-m8jr-fxqx-8xx6: an argument is not filled from a context that is closed",
      ),
      atGateway(
        "holes/requires",
        "hole 4, GHSA-m8jr-fxqx-8xx6: who may not read what @requires %s fetches nothing of it",
      ),
      atGateway(
        "holes/loading",
        "hole 4, GHSA-m8jr-fxqx-8xx6: %s for security is refused",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/requires",
        "hole 4, GHSA-m8jr-fxqx-8xx6: what is handed in for @requires is no reason to allow",
      ),
    ],
  },
  {
    number: 5,
    hole: "a rule looked up by an alias",
    references: ["wundergraph/cosmo#1815"],
    gateway: [
      atGateway(
        "holes/names",
        "hole 5, wundergraph/cosmo#1815: a closed field is judged by its schema name under %s",
      ),
      atGateway(
        "holes/names",
        "hole 5, wundergraph/cosmo#1815: a mutation is judged by its schema name",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/roads",
        "hole 5, wundergraph/cosmo#1815: a closed field is judged by its schema name under %s",
      ),
    ],
  },
  {
    number: 6,
    hole: "a decision or plan made for another caller",
    references: ["GHSA-hx78-272p-mqqh"],
    gateway: [
      atGateway(
        "holes/callers",
        "hole 6, GHSA-hx78-272p-mqqh: nobody is answered by another caller's decision or plan: %s, %s",
      ),
      atGateway(
        "holes/callers",
        "hole 6, GHSA-hx78-272p-mqqh: a hash alone runs what its sender may see",
      ),
      atGateway(
        "generations",
        "hole 6, GHSA-hx78-272p-mqqh: fifty callers at once",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/callers",
        "hole 6, GHSA-hx78-272p-mqqh: nobody is answered by another caller's decision: %s, %s",
      ),
      atSubgraph(
        "holes/callers",
        "hole 6, GHSA-hx78-272p-mqqh: a policy is decided anew for each request of one token",
      ),
      atSubgraph(
        "holes/roads",
        "hole 6, GHSA-hx78-272p-mqqh: nobody is answered by another caller's decision: %s",
      ),
    ],
  },
  {
    number: 7,
    hole: "a change of scopes alone that is not applied",
    references: [],
    gateway: [
      atGateway(
        "generations",
        "hole 7: a change of scopes alone takes effect with the update",
      ),
      atGateway(
        "gateway",
        "a change of scopes alone takes effect, and a broken file leaves the last good one in force",
      ),
    ],
    subgraph:
      "A subgraph reads its policy when it starts and at no other time; an outdated one keeps it from starting (16).",
  },
  {
    number: 8,
    hole: "malformed scopes taken for public",
    references: ["apollographql/federation#2744"],
    gateway: [
      atGateway(
        "holes/loading",
        "hole 8, apollographql/federation#2744: malformed scopes are not public",
      ),
      atGateway("holes/loading", "%s keeps the gateway from starting"),
      atGateway(
        "holes/loading",
        "%s in a new file is refused, and the last good rules stay",
      ),
      atGateway(
        "generations",
        "hole 8, apollographql/federation#2744: a supergraph that is not usable",
      ),
      across(
        "holes/composition",
        "hole 8, apollographql/federation#2744: scopes: %s do not compose, and the coordinate is named",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/start",
        "hole 8, apollographql/federation#2744: %s in the schema is not public",
      ),
      atSubgraph(
        "holes/start",
        "hole 8, apollographql/federation#2744: %j in the composed policy is not public",
      ),
    ],
  },
  {
    number: 9,
    hole: "a directive that is silently not composed",
    references: [],
    gateway: [
      across(
        "holes/composition",
        "hole 9: a subgraph %s does not compose, rather than without its rules",
      ),
      atGateway(
        "holes/loading",
        "hole 9: a rule that is lost on the way to the gateway is not taken for none",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/start",
        "hole 9: a rule that %s would compose to nothing, so the subgraph does not start",
      ),
    ],
  },
  {
    number: 10,
    hole: "return types unchecked: scalar, enum, object, an implementation's narrower type",
    references: [],
    gateway: [
      atGateway(
        "holes/returns",
        "hole 10: a field is closed by $kind it returns $shape, by itself and through an interface",
      ),
      atGateway(
        "holes/interfaces",
        "hole 10: an implementation's narrower return type is judged through the interface",
      ),
    ],
    subgraph: [
      atSubgraph("holes/roads", "hole 10: a field is closed by %s it returns"),
      atSubgraph(
        "holes/roads",
        "hole 10: an implementation's narrower return type is judged through the interface",
      ),
    ],
  },
  {
    number: 11,
    hole: "a type's rule reached another way",
    references: [],
    gateway: [
      atGateway(
        "holes/interfaces",
        "hole 11: a closed type is not reached by way of %s, however it is wrapped",
      ),
      atGateway(
        "holes/interfaces",
        "hole 11: a root type that is closed closes each of its fields",
      ),
      atGateway(
        "holes/interfaces",
        "hole 11: entities cannot be asked for by their keys",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/roads",
        "hole 11: a closed type is not reached by way of %s, however it is wrapped",
      ),
    ],
  },
  {
    number: 12,
    hole: "writes filtered after the fact",
    references: [],
    gateway: [
      atGateway(
        "holes/callers",
        "hole 12: a mutation that is denied %s is never called",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/roads",
        "hole 12: a mutation that is denied %s is never called",
      ),
    ],
  },
  {
    number: 13,
    hole: "prototype pollution by an alias, a variable or a JSON key",
    references: ["CVE-2026-32621", "GHSA-pfjj-6f4p-rvmh"],
    gateway: [
      atGateway(
        "holes/json",
        "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: a prototype in a subgraph's answer, %s, is not read and poisons nothing",
      ),
      atGateway(
        "holes/json",
        "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: %s as a JSON key, variable, operation or fragment of a request opens nothing",
      ),
      atGateway("response-keys", "any name is good for an alias"),
    ],
    subgraph: [
      atSubgraph(
        "holes/callers",
        "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: %s as an alias or a key opens nothing",
      ),
      atSubgraph(
        "holes/start",
        "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: what every object inherits is no entry of a policy",
      ),
      atSubgraph(
        "holes/start",
        "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: what every object inherits is no subject of a row",
      ),
    ],
  },
  {
    number: 14,
    hole: "exhaustion before the decision",
    references: [
      "GHSA-q2f9-x4p4-7xmh",
      "GHSA-p2q6-pwh5-m6jr",
      "CVE-2024-43414",
      "CVE-2025-32030 to -32034",
      "CVE-2025-32380",
      "CVE-2025-31496",
    ],
    gateway: [
      atGateway(
        "holes/exhaustion",
        "hole 14, GHSA-q2f9-x4p4-7xmh, GHSA-p2q6-pwh5-m6jr, CVE-2024-43414, CVE-2025-32030 to -32034, CVE-2025-32380, CVE-2025-31496: %s are refused before anything is expanded, planned or asked",
      ),
      atGateway(
        "gateway",
        "fragments that grow exponentially are refused at once",
      ),
      across(
        "holes/composition",
        "hole 14: more than 64 alternatives do not compose, written or multiplied",
      ),
    ],
    subgraph: [
      atSubgraph(
        "start-subgraph",
        "more than 1,000 representations are refused",
      ),
      atSubgraph(
        "holes/start",
        "hole 14: more than 64 alternatives keep a subgraph from starting",
      ),
    ],
  },
  {
    number: 15,
    hole: "cross-site requests where cookies authenticate",
    references: ["GHSA-hff2-gcpx-8f4p"],
    gateway: [
      atGateway(
        "holes/credentials",
        "hole 15, GHSA-hff2-gcpx-8f4p: what any page can make a browser send runs nothing: %s as %s",
      ),
      atGateway(
        "holes/credentials",
        "hole 15, GHSA-hff2-gcpx-8f4p: GET runs queries alone",
      ),
      atGateway(
        "holes/credentials",
        "hole 15, GHSA-hff2-gcpx-8f4p: a cookie is no credential",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/doors",
        "hole 15, GHSA-hff2-gcpx-8f4p: what any page can make a browser send runs nothing: %s as %s",
      ),
      atSubgraph(
        "holes/doors",
        "hole 15, GHSA-hff2-gcpx-8f4p: a cookie is no credential",
      ),
    ],
  },
  {
    number: 16,
    hole: "switches that fail open",
    references: [],
    gateway: [
      atGateway(
        "holes/credentials",
        "hole 16: without %s there is no gateway, rather than one that asks nobody",
      ),
      atGateway(
        "holes/credentials",
        "hole 16: a token that cannot be proved opens nothing",
      ),
      atGateway(
        "holes/credentials",
        "hole 16: a caller without a token is nobody",
      ),
      atGateway(
        "holes/both-locks",
        "hole 16: while the gateway runs dry the subgraphs go on refusing",
      ),
      atGateway("enforcement", "holds for nobody when its evaluator fails"),
      atGateway("enforcement", "keeps the gateway from starting when %s"),
    ],
    subgraph: [
      atSubgraph(
        "holes/start",
        "hole 16: a subgraph does not start with a policy that is outdated: it %s",
      ),
      atSubgraph(
        "holes/start",
        "hole 16: a subgraph does not start with a policy that %s",
      ),
      atSubgraph(
        "holes/start",
        "hole 16: a subgraph does not start with policies nobody decides",
      ),
      atSubgraph(
        "holes/callers",
        "hole 16: an evaluator that fails grants nothing",
      ),
      atSubgraph(
        "holes/callers",
        "hole 16: a reporting line that does not answer puts everybody out of reach",
      ),
    ],
  },
  {
    number: 17,
    hole: "unsigned claims forwarded",
    references: [],
    gateway: [
      atGateway(
        "holes/credentials",
        "hole 17: what a caller says about itself beside its token is not heard",
      ),
      atGateway(
        "gateway",
        "sends a subgraph nothing of the client's headers but language and request id",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/doors",
        "hole 17: what stands beside the token is not heard",
      ),
    ],
    unguarded: "Nothing reads them, so there is no guard to take out.",
  },
  {
    number: 18,
    hole: "a subgraph reached directly, forged representations, _service",
    references: [],
    gateway: [
      atGateway(
        "holes/interfaces",
        "hole 11: entities cannot be asked for by their keys",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/doors",
        "hole 18: %s is asked around the gateway in vain",
      ),
      atSubgraph(
        "holes/doors",
        "hole 18: the SDL is not handed out, not even to the gateway",
      ),
      atSubgraph("holes/doors", "hole 18: a representation of %s is refused"),
      atSubgraph(
        "holes/start",
        "hole 18: a subgraph does not start with an entity whose representation would be believed",
      ),
      across(
        "guard-sweep",
        "answers nothing to a request with anybody else's token, or none",
      ),
    ],
  },
  {
    number: 19,
    hole: "a requirement declared elsewhere",
    references: [],
    gateway: [
      atGateway(
        "holes/both-locks",
        "hole 19: a gateway tells each subgraph the scopes that others declared for it",
      ),
    ],
    subgraph: [
      atGateway(
        "holes/both-locks",
        "hole 19: %s that another subgraph closes is closed where nothing says so",
      ),
      atGateway(
        "holes/both-locks",
        "hole 19: a type that another subgraph closes is closed where nothing says so",
      ),
      atSubgraph(
        "holes/start",
        "hole 19: what another subgraph asks for is asked here too",
      ),
      across(
        "guard-sweep",
        "is closed there to who holds every other scope, open with them all",
      ),
    ],
  },
  {
    number: 20,
    hole: "an alias or argument that merges with an internal selection",
    references: [
      "apollographql/router#6222",
      "apollographql/federation#2276",
      "apollographql/federation#2996",
    ],
    gateway: [
      atGateway(
        "response-keys",
        "a client's alias never meets what the planner adds",
      ),
      atGateway(
        "response-keys",
        "a client's arguments never become those of @requires",
      ),
      atGateway(
        "response-keys",
        "a supergraph that has a field with the prefix of internal keys",
      ),
      atGateway(
        "renaming.metamorphic",
        "a renamed leaf changes its own key and nothing else",
      ),
    ],
    subgraph: "A subgraph plans nothing: it adds no selection to a client's.",
  },
  {
    number: 21,
    hole: "a scope satisfied for the wrong row",
    references: ["GHSA-mpw3-7c6v-vfjp"],
    gateway: [
      across("persona-matrix", "opens to "),
      across(
        "holes/composition",
        "hole 21, GHSA-mpw3-7c6v-vfjp: a rule that %s does not compose",
      ),
    ],
    subgraph: [
      atSubgraph(
        "holes/rows",
        "hole 21, GHSA-mpw3-7c6v-vfjp: $coordinate is open with $words, reached $road, for the rows of its reach alone",
      ),
      atSubgraph(
        "holes/rows",
        "hole 21, GHSA-mpw3-7c6v-vfjp: a row out of reach says so and nothing else",
      ),
      across(
        "guard-sweep",
        "with $words is open for the rows in reach of it alone",
      ),
    ],
  },
  {
    number: 22,
    hole: "topology and rules in errors or the explorer",
    references: [],
    gateway: [
      atGateway(
        "holes/reticence",
        "hole 22: %s tells nothing of how the graph is made",
      ),
      atGateway("holes/reticence", "hole 22: the header %s tells no plan"),
      atGateway(
        "holes/reticence",
        "hole 22: introspection shows nothing hidden",
      ),
      atGateway(
        "enforcement",
        "with minimal detail a denial leaves code and path, in the body and in the challenge",
      ),
    ],
    subgraph: [
      atSubgraph("start-subgraph", "an unexpected error is masked"),
      atSubgraph(
        "holes/doors",
        "hole 18: the SDL is not handed out, not even to the gateway",
      ),
    ],
  },
  {
    number: 23,
    hole: "a request that straddles a reload",
    references: [],
    gateway: [
      atGateway(
        "generations",
        "hole 23: a request that is validated before an update and runs after it",
      ),
      atGateway(
        "generations",
        "hole 23: a request that is under way while two updates come",
      ),
    ],
    subgraph: "A subgraph serves one schema from its start to its end.",
  },
];

/** What is malformed is refused with the place of it, and nothing else is affected. */
export const badInput: Readonly<Record<string, readonly Proof[]>> = {
  "malformed or absent scopes": [
    atGateway("holes/loading", "%s keeps the gateway from starting"),
    across(
      "holes/composition",
      "hole 8, apollographql/federation#2744: scopes: %s do not compose, and the coordinate is named",
    ),
  ],
  "unknown features for security": [
    atGateway(
      "holes/loading",
      "hole 4, GHSA-m8jr-fxqx-8xx6: %s for security is refused",
    ),
  ],
  "locally defined directives": [
    across(
      "holes/composition",
      "hole 9: a subgraph %s does not compose, rather than without its rules",
    ),
    atSubgraph(
      "holes/start",
      "hole 9: a rule that %s would compose to nothing, so the subgraph does not start",
    ),
  ],
  "scopes outside the vocabulary": [
    across("composition", "a scope that is not in the vocabulary"),
  ],
  "10,000 selections, fragments nested deeply": [
    atGateway(
      "holes/exhaustion",
      "hole 14, GHSA-q2f9-x4p4-7xmh, GHSA-p2q6-pwh5-m6jr, CVE-2024-43414, CVE-2025-32030 to -32034, CVE-2025-32380, CVE-2025-31496: %s are refused before anything is expanded, planned or asked",
    ),
    atGateway("holes/exhaustion", "hole 14: %s are answered"),
  ],
  "__proto__ as an alias": [
    atGateway("response-keys", "any name is good for an alias"),
    atSubgraph(
      "holes/callers",
      "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: %s as an alias or a key opens nothing",
    ),
  ],
  "__proto__ as a variable": [
    atGateway(
      "holes/json",
      "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: a variable named %s is a variable like any other",
    ),
  ],
  "__proto__ as a JSON key": [
    atGateway(
      "holes/json",
      "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: %s as a JSON key, variable, operation or fragment of a request opens nothing",
    ),
    atGateway(
      "holes/json",
      "hole 13, CVE-2026-32621 / GHSA-pfjj-6f4p-rvmh: %s is no field of an input",
    ),
  ],
};
